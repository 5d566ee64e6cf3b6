// Where a case stands: the way it goes, the present step and its due day, and what weighs on it (notice delayed, contested,
// put one rank higher, silenced, merged).
import type { Case } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import { Chip } from "../../ui/page";
import { Due, StateChip, WAY } from "./state";

export function Standing({ alert, overdue }: { alert: Case; overdue: boolean }) {
  const { t, dates, word } = useDesk();
  const { decision } = alert;
  return (
    <section class="standing" aria-label={t("officers.standing")}>
      <Way state={alert.state} />
      <dl class="fact-list">
        <Fact name={t("officers.state")}>
          <StateChip state={alert.state} />
          {alert.outcome && <> {word("officers", alert.outcome, "outcome_")}</>}
        </Fact>
        <Fact name={t("officers.due")}>
          <Due on={alert.due_on} overdue={overdue} />
        </Fact>
        <Fact name={t("officers.opened")}>{dates.day(alert.opened_on)}</Fact>
        <Fact name={t("officers.officer_told")}>
          <Told alert={alert} />
        </Fact>
        {decision && (
          <Fact name={t("officers.decision")}>
            {word("officers", decision.disposition, "disposition_")}, {dates.day(decision.on)}
            <small>
              {t("officers.decided_by", { who: decision.by.id })}
              {decision.second && ` ${t("officers.second_by", { who: decision.second.id })}`}
              {decision.suppress_until &&
                ` ${t("officers.silenced_until", { day: dates.day(decision.suppress_until) })}`}
            </small>
          </Fact>
        )}
        {alert.contest && (
          <Fact name={t("officers.contest")}>
            {alert.contest.ruling ? (
              word("officers", alert.contest.ruling, "ruling_")
            ) : (
              <Chip tone="waiting">
                {t("officers.contest_waiting", { day: dates.day(alert.contest.on) })}
              </Chip>
            )}
          </Fact>
        )}
        {(alert.escalated_on?.length ?? 0) > 0 && (
          <Fact name={t("officers.escalated")}>
            {alert.escalated_on?.map((day) => dates.day(day)).join(", ")}
          </Fact>
        )}
        {alert.merged_into && (
          <Fact name={t("officers.merged_into")}>
            <a href={href("alerts", alert.merged_into)}>{alert.merged_into}</a>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Told({ alert }: { alert: Case }) {
  const { t, dates } = useDesk();
  if (alert.officer_told_on !== undefined) return <>{dates.day(alert.officer_told_on)}</>;
  const delay = alert.notice_delay;
  if (delay === undefined) return <>{t("officers.not_told")}</>;
  return <>{t("officers.told_later", { day: dates.day(delay.until), authority: delay.authority })}</>;
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The states in their order, the present one marked. Not every case passes through all of them, and the words say so. */
function Way({ state }: { state: string }) {
  const { t, word } = useDesk();
  return (
    <ol class="way" aria-label={t("officers.way")}>
      {WAY.map((step) => (
        <li key={step} aria-current={step === state ? "step" : undefined}>
          {word("officers", step, "state_")}
        </li>
      ))}
    </ol>
  );
}
