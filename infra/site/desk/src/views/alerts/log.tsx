// The log of a case: what was done, by whom, when, with the words that were written. Nothing in it is ever overwritten.
import type { LogLine } from "../../api/personnel";
import type { Text } from "../../i18n/text";
import { useDesk } from "../../shell/desk";
import { Empty } from "../../ui/page";

export function Log({ log }: { log: readonly LogLine[] }) {
  const desk = useDesk();
  const { dates, word } = desk;
  return (
    <ol class="log">
      {log.map((line) => (
        <li key={line.seq}>
          <p class="log-head">
            <time dateTime={line.at}>{dates.moment(line.at)}</time>
            <strong>{told(line, desk)}</strong>
            <span class="by">
              {word("officers", line.by.capacity, "capacity_")}
              {line.by.capacity !== "system" && ` · ${line.by.id}`}
            </span>
          </p>
          {line.words !== undefined && <blockquote>{line.words}</blockquote>}
        </li>
      ))}
    </ol>
  );
}

/** The officer's own words, labelled as voluntary wherever they are shown. */
export function Statements({ log }: { log: readonly LogLine[] }) {
  const { t, dates } = useDesk();
  const written = log.filter((line) => line.act.act === "statement" || line.act.act === "contested");
  if (written.length === 0) return <Empty>{t("officers.no_statement")}</Empty>;
  return (
    <>
      {written.map((line) => (
        <figure class="statement" key={line.seq}>
          <figcaption>
            {t(line.act.act === "statement" ? "officers.statement_label" : "officers.objection_label")}
            {" · "}
            <time dateTime={line.at}>{dates.moment(line.at)}</time>
          </figcaption>
          <blockquote>{line.words ?? ""}</blockquote>
        </figure>
      ))}
    </>
  );
}

/** What an entry says was done. */
export function told({ act, state }: LogLine, { t, word }: Text): string {
  switch (act.act) {
    case "step":
      return [
        word("officers", act.to ?? state, "did_"),
        act.disposition && word("officers", act.disposition, "disposition_"),
        act.outcome && word("officers", act.outcome, "outcome_"),
        act.ruling && word("officers", act.ruling, "ruling_"),
        act.check !== undefined && act.check !== null && t("officers.check_after", { days: act.check }),
        act.into,
      ]
        .filter((piece) => typeof piece === "string" && piece !== "")
        .join(": ");
    case "planned":
      return t("officers.did_planned", { number: act.intervention ?? "" });
    case "progressed":
      return t("officers.did_progressed", {
        number: act.intervention ?? "",
        progress: word("officers", act.progress ?? "", "progress_"),
      });
    default:
      return word("officers", act.act, "act_");
  }
}
