// A score with everything that explains it: the sentence, the sum as picture and table, peers, what is missing, and what the
// figure must never be used for. There is no way to show a score without this.
import type { Explanation, Spread } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Notice } from "../../ui/page";
import { SumChart } from "./chart";
import { figures } from "./figures";
import { PeersChart } from "./peers";
import { sentences } from "./sentences";
import { SpreadChart } from "./spread";
import { sum } from "./sum";
import { TermsTable } from "./terms";

interface ScorePanelProps {
  score: Explanation;
  spread?: readonly Spread[] | undefined;
}

export function ScorePanel({ score, spread = [] }: ScorePanelProps) {
  const { t, language, dates } = useDesk();
  const parts = sum(score.terms, score.s);
  const ranked = [...score.terms].sort((a, b) => b.c - a.c || a.name.localeCompare(b.name));
  return (
    <div class="score">
      <p class="caution">{t("officers.caution")}</p>
      {score.insufficient_history && <Notice tone="warn">{t("officers.insufficient")}</Notice>}
      <Sentence score={score} />
      <div class="pictures">
        <figure>
          <figcaption>{t("officers.chart_caption")}</figcaption>
          <SumChart sum={parts} score={score} />
          {!parts.balances && <Notice tone="bad">{t("officers.unbalanced")}</Notice>}
        </figure>
        <figure>
          <figcaption>{t("officers.peers_caption", { days: score.plain_days })}</figcaption>
          <PeersChart terms={ranked.filter((term) => term.n > 0)} />
        </figure>
      </div>
      <TermsTable terms={ranked} plainDays={score.plain_days} />
      <SpreadChart spread={spread} s={score.s} />
      <p class="small">
        {score.missing_feeds.length > 0 && (
          <>
            {t("officers.missing_feeds", {
              feeds: new Intl.ListFormat(language).format(score.missing_feeds),
            })}{" "}
          </>
        )}
        {t("officers.made_of", {
          day: dates.day(score.as_of),
          ruleset: score.ruleset_sha256.slice(0, 12),
          months: figures(language).plain(score.duty_months, 0),
        })}
      </p>
    </div>
  );
}

/** The API's own sentence is English in any language of the desk: it is the wording that the department approved. */
function Sentence({ score }: { score: Explanation }) {
  const [first = "", ...rest] = sentences(score.sentence);
  return (
    <div class="sentence" lang="en">
      <p>{first}</p>
      <ul>
        {rest.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
