// What raised a case: the score and the threshold rules side by side, so that the one can be judged by the other.
import type { Met, Raised } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Chip } from "../../ui/page";

export function Triggers({ triggers }: { triggers: readonly Raised[] }) {
  const { t, word, dates } = useDesk();
  return (
    <ul class="triggers">
      {triggers.map(({ trigger, date }) => (
        <li key={`${trigger.engine} ${trigger.rule} ${trigger.indicator ?? ""} ${date}`}>
          <strong>{t(trigger.engine === "model" ? "officers.by_score" : "officers.by_rule")}</strong>{" "}
          {trigger.engine === "model" ? word("officers", trigger.rule, "trigger_") : `“${trigger.rule}”`}
          {trigger.indicator && `: ${word("officers", trigger.indicator, "indicator_")}`}
          <small> {dates.day(date)}</small>
        </li>
      ))}
    </ul>
  );
}

/** The rules that the record meets, in the rule's own words, which name count, window and limit. */
export function Rules({ met }: { met: readonly Met[] }) {
  const { t } = useDesk();
  if (met.length === 0) return <p class="small">{t("officers.no_rule_met")}</p>;
  return (
    <>
      <h3>{t("officers.rules_met")}</h3>
      <ul class="rules">
        {met.map((one) => (
          <li key={one.rule}>
            <Chip tone={one.severity === "review" ? "waiting" : "quiet"}>
              {t(one.severity === "review" ? "officers.rule_review" : "officers.rule_warning")}
            </Chip>{" "}
            <span lang="en">{one.sentence}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
