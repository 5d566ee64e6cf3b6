// Counts by beat and category against the same time before, as the chief reads them. They show small numbers: for the department alone.
import type { StatisticsTable } from "../../api/places";
import { useDesk } from "../../shell/desk";
import { go, href } from "../../shell/router";
import type { ViewProps } from "../../shell/views";
import { Select, TextField } from "../../ui/fields";
import { Empty, Notice, Page } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { PrintButton } from "../print";
import { figures } from "../score/figures";
import { chosen, type Figures, readStatistics, valuesOf } from "./rows";

import "../../style/places.css";

export default function Statistics({ query }: ViewProps) {
  const { api, t, dates } = useDesk();
  const date = query.get("date") ?? "latest";
  const found = useResource(`statistics ${date}`, async (signal) => {
    const table = await api.get<StatisticsTable>(`/v1/statistics/${encodeURIComponent(date)}`, {}, signal);
    return { date: table.date, rows: readStatistics(table) };
  });
  const ask = (changes: Record<string, string>) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) next.set(name, value);
    go(`${href("statistics")}?${next}`);
  };
  const missing = found.error?.trouble === "missing" && found.value === undefined;
  return (
    <Page
      title={t("places.statistics")}
      tab={t("places.statistics")}
      lead={found.value && t("places.statistics_lead", { day: dates.day(found.value.date) })}
      actions={<PrintButton />}
    >
      <form
        class="choose no-print"
        aria-label={t("places.which_figures")}
        onSubmit={(event) => event.preventDefault()}
      >
        <TextField
          label={t("places.date")}
          type="date"
          value={found.value?.date ?? (date === "latest" ? "" : date)}
          onValue={(value) => ask({ date: value === "" ? "latest" : value })}
        />
        {found.value && <Choice rows={found.value.rows} query={query} ask={ask} />}
      </form>
      {missing ? (
        <Empty>{t("places.no_statistics")}</Empty>
      ) : (
        <Loaded of={found}>{({ rows }) => <Rows rows={rows} query={query} />}</Loaded>
      )}
    </Page>
  );
}

/** Incidents of all beats by category, unless asked otherwise. */
function asked(query: URLSearchParams) {
  const measure = query.get("measure") ?? "incidents";
  const beat = query.get("beat") ?? "all";
  return { measure, beat, category: query.get("category") ?? "" };
}

interface ChoiceProps {
  rows: readonly Figures[];
  query: URLSearchParams;
  ask: (changes: Record<string, string>) => void;
}

function Choice({ rows, query, ask }: ChoiceProps) {
  const { t, word } = useDesk();
  const { measure, beat, category } = asked(query);
  const of = rows.filter((row) => row.measure === measure);
  const options = (values: readonly string[], prefix: string) =>
    values.map((value) => ({ value, label: word("places", value, prefix) }));
  return (
    <>
      <Select
        label={t("places.measure")}
        value={measure}
        onValue={(value) => ask({ measure: value, beat: "all", category: "" })}
        options={options(valuesOf(rows, "measure"), "measure_")}
      />
      <Select
        label={t("places.beat")}
        value={beat}
        onValue={(value) => ask({ beat: value })}
        options={[{ value: "", label: t("places.each_beat") }, ...options(valuesOf(of, "beat"), "beat_")]}
      />
      <Select
        label={t("places.category")}
        value={category}
        onValue={(value) => ask({ category: value })}
        options={[
          { value: "", label: t("places.each_category") },
          ...options(valuesOf(of, "category"), "category_"),
        ]}
      />
    </>
  );
}

function Rows({ rows, query }: { rows: readonly Figures[]; query: URLSearchParams }) {
  const { t, word, language } = useDesk();
  const { plain, signed } = figures(language);
  const { measure, beat, category } = asked(query);
  const shown = chosen(rows, measure, beat, category);
  const count = (value: number | null) => (value === null ? "" : plain(value, 0));
  const pair = (now: number | null, before: number | null) => (
    <>
      {count(now)} <span class="before">({count(before)})</span>
    </>
  );
  const columns: Column<Figures>[] = [
    {
      name: "category",
      title: t("places.category"),
      kind: "row",
      cell: (row) => word("places", row.category, "category_"),
    },
    { name: "beat", title: t("places.beat"), cell: (row) => word("places", row.beat, "beat_") },
    { name: "week", title: t("places.week"), kind: "number", cell: (row) => pair(row.week, row.weekBefore) },
    {
      name: "month",
      title: t("places.month"),
      kind: "number",
      cell: (row) => pair(row.month, row.monthBefore),
    },
    { name: "year", title: t("places.year"), kind: "number", cell: (row) => pair(row.year, row.yearBefore) },
    {
      name: "change",
      title: t("places.change"),
      kind: "number",
      cell: (row) => (row.change === null ? t("places.too_few") : `${signed(row.change, 1)}\u00a0%`),
    },
  ];
  return (
    <>
      {shown.length === 0 ? (
        <Empty>{t("places.no_rows")}</Empty>
      ) : (
        <Table
          caption={word("places", measure, "measure_")}
          showCaption
          columns={columns}
          rows={shown}
          rowKey={(row) => `${row.beat} ${row.category}`}
          rowClass={(row) => (row.category === "all" ? "is-total" : undefined)}
        />
      )}
      <Notice>{t("places.statistics_note")}</Notice>
    </>
  );
}
