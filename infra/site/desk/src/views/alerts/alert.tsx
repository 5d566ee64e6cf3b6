// One case: what raised it, the score as a sum, the events behind it, the officer's own words, what was done, and the steps that
// the API says are open to this person. Laid out so that it can be read, and printed, from top to bottom.
import type { AlertView } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Empty, Notice, Page, Section } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { nameOf, postOf } from "../officers/person";
import { PrintButton } from "../print";
import { ScorePanel } from "../score/panel";
import { Events } from "./events";
import { Interventions } from "./interventions";
import { Log, Statements } from "./log";
import { Standing } from "./standing";
import { StepsPanel } from "./step-form";
import { Rules, Triggers } from "./triggers";

import "../../style/officers.css";

export default function Alert({ params }: ViewProps) {
  const { api, t } = useDesk();
  const id = params.id ?? "";
  const found = useResource<AlertView>(`alert ${id}`, (signal) =>
    api.get(`/v1/alerts/${encodeURIComponent(id)}`, {}, signal),
  );
  const officer = found.value?.officer;
  return (
    <Page
      title={officer ? nameOf(officer) : t("officers.alert")}
      tab={t("officers.alert")}
      lead={officer ? `${officer.officer_id} · ${postOf(officer)}` : undefined}
      actions={<PrintButton />}
    >
      <p class="crumbs no-print">
        <a href={href("alerts")}>{t("officers.alerts")}</a>
        {officer && <a href={href("officers", officer.officer_id)}>{t("officers.whole_record")}</a>}
      </p>
      <Loaded of={found}>{(view) => <CaseBody view={view} reload={found.reload} />}</Loaded>
    </Page>
  );
}

function CaseBody({ view, reload }: { view: AlertView; reload: () => void }) {
  const { t } = useDesk();
  const { alert, score } = view;
  return (
    <div class="case">
      <Standing alert={alert} overdue={view.overdue} />
      <Section title={t("officers.what_raised")}>
        <Triggers triggers={alert.triggers} />
        {score && <Rules met={score.thresholds} />}
      </Section>
      <Section title={t("officers.score_and_reasons")}>
        {score ? <ScorePanel score={score} spread={view.spread} /> : <Empty>{t("officers.no_score")}</Empty>}
      </Section>
      <Section title={t("officers.events_behind")}>
        <Events events={view.events} score={score} />
      </Section>
      <Section title={t("officers.own_words")}>
        <Statements log={view.log} />
      </Section>
      <Interventions view={view} reload={reload} />
      <StepsPanel view={view} reload={reload} />
      <Section title={t("officers.log")}>
        <Log log={view.log} />
      </Section>
      <Notice>{t("officers.confidential")}</Notice>
    </div>
  );
}
