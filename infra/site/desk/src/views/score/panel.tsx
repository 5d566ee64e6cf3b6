// A score with everything that explains it: the sentence, the sum as picture and table, peers, what is missing, and what the
// figure must never be used for. There is no way to show a score without this.
import type { Explanation, PeerDistribution, Term } from "../../api/personnel";
import { useDesk } from "../../shell/desk";
import { Notice } from "../../ui/page";
import { type Column, Table } from "../../ui/table";
import { SumChart } from "./chart";
import { Distributions } from "./distribution";
import { figures } from "./figures";
import { PeersChart } from "./peers";
import { sum } from "./sum";

interface ScorePanelProps {
  score: Explanation;
  peers?: readonly PeerDistribution[] | undefined;
}

export function ScorePanel({ score, peers = [] }: ScorePanelProps) {
  const { t, language, dates } = useDesk();
  const parts = sum(score.terms, score.s);
  const ranked = [...score.terms].sort((a, b) => b.c - a.c || a.name.localeCompare(b.name));
  return (
    <div class="score">
      <p class="caution">{t("officers.caution")}</p>
      {score.insufficient_history && <Notice tone="warn">{t("officers.insufficient")}</Notice>}
      <Sentence score={score} />
      <figure>
        <figcaption>{t("officers.chart_caption")}</figcaption>
        <SumChart sum={parts} score={score} />
        {!parts.balances && <Notice tone="bad">{t("officers.unbalanced")}</Notice>}
      </figure>
      <TermsTable terms={ranked} plainDays={score.plain_days} />
      <figure>
        <figcaption>{t("officers.peers_caption", { days: score.plain_days })}</figcaption>
        <PeersChart terms={ranked.filter((term) => term.n > 0)} />
      </figure>
      <Distributions peers={peers} s={score.s} />
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
  return (
    <p class="sentence" lang="en">
      {score.sentence}
    </p>
  );
}

function TermsTable({ terms, plainDays }: { terms: readonly Term[]; plainDays: number }) {
  const { t, language } = useDesk();
  const { plain, signed, percent } = figures(language);
  const columns: Column<Term>[] = [
    { name: "name", title: t("officers.indicator"), kind: "row", cell: (term) => <TermName term={term} /> },
    { name: "adds", title: t("officers.adds"), kind: "number", cell: (term) => signed(term.c) },
    {
      name: "events",
      title: t("officers.events_in", { days: plainDays }),
      kind: "number",
      cell: (term) => term.n,
    },
    {
      name: "dept",
      title: t("officers.against_department"),
      kind: "number",
      cell: (term) => `${plain(term.r_dept, 1)} ×`,
    },
    {
      name: "peer",
      title: t("officers.against_peers"),
      kind: "number",
      cell: (term) => `${plain(term.r_peer, 1)} × (${plain(term.lo, 1)}–${plain(term.hi, 1)})`,
    },
    { name: "group", title: t("officers.peers"), cell: (term) => <Group term={term} /> },
    {
      name: "weight",
      title: t("officers.weight"),
      kind: "number",
      cell: (term) => (term.weight === 0 ? t("officers.weight_none") : percent(term.weight)),
    },
    {
      name: "basis",
      title: t("officers.basis"),
      cell: (term) => t(term.weight_basis === "measured" ? "officers.measured" : "officers.judgement"),
    },
  ];
  return (
    <Table
      caption={t("officers.terms_caption")}
      columns={columns}
      rows={terms}
      rowKey={(term) => term.indicator}
    />
  );
}

function TermName({ term }: { term: Term }) {
  const { t } = useDesk();
  return (
    <>
      {term.name}
      {term.unlikely_to_be_chance && <span class="badge">{t("officers.unlikely_chance")}</span>}
    </>
  );
}

function Group({ term }: { term: Term }) {
  const { t } = useDesk();
  const groups = term.peers.map((peer) => t("officers.peer_group", { key: peer.key, size: peer.size }));
  return <>{groups.join("; ")}</>;
}
