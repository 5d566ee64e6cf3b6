// A case on a record: where it stands and what was done. To the officer also the place to answer.
import type { OwnCase } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { href } from "../../shell/router";
import { Log } from "../alerts/log";
import { Standing } from "../alerts/standing";
import { Triggers } from "../alerts/triggers";
import { StatementForm } from "./statement-form";

interface CaseSummaryProps {
  found: OwnCase;
  own: boolean;
  reload: () => void;
}

export function CaseSummary({ found, own, reload }: CaseSummaryProps) {
  const { t, dates, may, now } = useDesk();
  const { due_on } = found;
  const overdue = due_on !== undefined && due_on < dates.isoDay(now()) && found.state !== "Closed";
  return (
    <article class="own-case">
      <h3>
        {may("GET /v1/alerts/{id}") && !own ? (
          <a href={href("alerts", found.alert_id)}>
            {t("officers.case_of", { day: dates.day(found.opened_on) })}
          </a>
        ) : (
          t("officers.case_of", { day: dates.day(found.opened_on) })
        )}
      </h3>
      <Standing alert={found} overdue={overdue} />
      <Triggers triggers={found.triggers} />
      {own && may("POST /v1/alerts/{id}/statement") && <StatementForm found={found} reload={reload} />}
      <details>
        <summary>{t("officers.log")}</summary>
        <Log log={found.log} />
      </details>
    </article>
  );
}
