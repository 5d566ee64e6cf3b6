// Every indicator's part in a score as a table: what the picture beside it draws, with the figures behind it.
import type { Term } from "../../api/personnel";
import type { Text } from "../../i18n/text";
import { useDesk } from "../../shell/desk";
import { type Column, Table } from "../../ui/table";
import { figures } from "./figures";
import { indicatorName } from "./indicator";

export function TermsTable({ terms, plainDays }: { terms: readonly Term[]; plainDays: number }) {
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
  const one = onlyGroup(terms.map((term) => groups(term, t)));
  if (one === undefined) {
    columns.splice(5, 0, { name: "group", title: t("officers.peers"), cell: (term) => groups(term, t) });
  }
  return (
    <div>
      <Table
        caption={t("officers.terms_caption")}
        columns={columns}
        rows={terms}
        rowKey={(term) => term.indicator}
      />
      {one !== undefined && <p class="small">{t("officers.peers_are", { group: one })}</p>}
    </div>
  );
}

function TermName({ term }: { term: Term }) {
  const desk = useDesk();
  const { t } = desk;
  return (
    <>
      {indicatorName(term, desk)}
      {term.unlikely_to_be_chance && <span class="badge">{t("officers.unlikely_chance")}</span>}
    </>
  );
}

function groups(term: Term, t: Text["t"]): string {
  return term.peers.map((peer) => t("officers.peer_group", { key: peer.key, size: peer.size })).join("; ");
}

/** The group that all are compared with, if it is one and the same. */
function onlyGroup(found: readonly string[]): string | undefined {
  const distinct = new Set(found);
  return distinct.size === 1 ? found[0] : undefined;
}
