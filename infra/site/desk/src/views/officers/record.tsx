// Everything held on one person, in the order in which it is asked for: cases, the last nights, what happened, training, coaching.
import type { OfficerView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Empty, Notice, Section } from "../../ui/page";
import { Events } from "../alerts/events";
import { CaseSummary } from "./case-summary";
import { Coaching } from "./coaching";
import { Goals } from "./goals";
import { Nights } from "./nights";
import { Timeline } from "./timeline";
import { Training } from "./training";

interface RecordProps {
  view: OfficerView;
  reload: () => void;
  /** Whether it is the reader's own. */
  own: boolean;
}

export function Record({ view, reload, own }: RecordProps) {
  const { t, n, dates, me, may } = useDesk();
  const id = view.officer.officer_id;
  const above = !own && me.officer?.id !== id;
  const { recognition, referrals = [] } = view;
  return (
    <div class="record">
      <dl class="fact-list">
        {view.hired_on && (
          <div>
            <dt>{t("officers.hired")}</dt>
            <dd>{dates.day(view.hired_on)}</dd>
          </div>
        )}
        <div>
          <dt>{t("officers.commendations")}</dt>
          <dd>{n("officers.praise_in", recognition.commendations, { days: recognition.days })}</dd>
        </div>
      </dl>
      {recognition.due && <Notice tone="good">{t("officers.recognition_due")}</Notice>}
      {view.alerts.length > 0 && (
        <Section title={t("officers.cases")}>
          {view.alerts.map((one) => (
            <CaseSummary key={one.alert_id} found={one} own={own} reload={reload} />
          ))}
        </Section>
      )}
      <Section title={t("officers.nights")}>
        <Nights officer={id} nights={view.scores} />
      </Section>
      <Section title={t("officers.timeline")}>
        <Timeline view={view} />
      </Section>
      <Section title={t("officers.events")}>
        <Events events={view.events ?? []} />
      </Section>
      <Section title={t("officers.training")}>
        <Training courses={view.training ?? []} />
      </Section>
      <Section title={t("officers.coaching")}>
        <Coaching
          officer={id}
          sessions={view.coaching}
          reload={reload}
          mayAdd={above && may("POST /v1/officers/{id}/coaching")}
        />
      </Section>
      <Section title={t("officers.goals")}>
        <Goals
          officer={id}
          goals={view.goals}
          reload={reload}
          mayAdd={above && may("POST /v1/officers/{id}/goals")}
        />
      </Section>
      {view.referrals !== undefined && (
        <Section title={t("officers.referrals")}>
          <p class="lead">{t("officers.referrals_lead")}</p>
          {referrals.length === 0 && <Empty>{t("officers.no_referrals")}</Empty>}
          {referrals.map((one) => (
            <figure class="statement" key={one.referral_id}>
              <figcaption>{dates.moment(one.at)}</figcaption>
              <blockquote>{one.words}</blockquote>
            </figure>
          ))}
        </Section>
      )}
      <Notice>{t("officers.confidential")}</Notice>
    </div>
  );
}
