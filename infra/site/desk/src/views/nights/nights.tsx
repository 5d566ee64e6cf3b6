// What the last nights did: each function's run, when it ended, what it counted, what failed. A run that is missing is a line, not a gap.
import type { NightRun } from "../../api/system";
import { useDesk } from "../../shell/desk";
import type { ViewProps } from "../../shell/views";
import { Chip, Empty, Notice, Page, Section } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";
import { PrintButton } from "../print";
import { byNight, isWhole, type Night } from "./grouped";

import "../../style/places.css";

const NIGHTS = "14";

export default function Nights(_: ViewProps) {
  const { api, t } = useDesk();
  const found = useResource<{ nights: readonly NightRun[] }>("nights", (signal) =>
    api.get("/v1/nights", { limit: NIGHTS }, signal),
  );
  return (
    <Page
      title={t("places.nights")}
      tab={t("places.nights")}
      lead={t("places.nights_lead")}
      actions={<PrintButton />}
    >
      <Loaded of={found}>{({ nights }) => <All nights={byNight(nights)} />}</Loaded>
    </Page>
  );
}

function All({ nights }: { nights: readonly Night[] }) {
  const { t, n, dates } = useDesk();
  const [last] = nights;
  if (last === undefined) return <Empty>{t("places.no_nights")}</Empty>;
  const troubled = last.runs.filter((run) => !isWhole(run)).length;
  return (
    <>
      <Notice tone={troubled === 0 ? "good" : "warn"}>
        {troubled === 0
          ? t("places.last_night_good", { day: dates.day(last.date) })
          : n("places.last_night_bad", troubled, { day: dates.day(last.date) })}
      </Notice>
      {nights.map((night) => (
        <Section key={night.date} title={dates.day(night.date)}>
          <Runs runs={night.runs} />
        </Section>
      ))}
    </>
  );
}

function Runs({ runs }: { runs: readonly NightRun[] }) {
  const { t, word, dates } = useDesk();
  const columns: Column<NightRun>[] = [
    {
      name: "function",
      title: t("places.run"),
      kind: "row",
      cell: (run) => (
        <>
          {word("places", run.function, "function_")}
          <small>{run.function}</small>
        </>
      ),
    },
    { name: "state", title: t("places.how"), cell: (run) => <State run={run} /> },
    {
      name: "finished",
      title: t("places.finished"),
      cell: (run) => (run.finished_at === undefined ? "" : dates.moment(run.finished_at)),
    },
    {
      name: "counts",
      title: t("places.counted"),
      kind: "wide",
      cell: (run) => <Counts counts={run.counts} />,
    },
  ];
  return (
    <Table
      caption={t("places.runs_caption")}
      columns={columns}
      rows={runs}
      rowKey={(run) => run.function}
      rowClass={(run) => (isWhole(run) ? undefined : "is-troubled")}
    />
  );
}

function State({ run }: { run: NightRun }) {
  const { t, n } = useDesk();
  if (run.state === "missing") return <Chip tone="bad">{t("places.run_missing")}</Chip>;
  if (run.failures > 0) return <Chip tone="bad">{n("places.failures", run.failures)}</Chip>;
  return <Chip tone="good">{t("places.run_good")}</Chip>;
}

function Counts({ counts }: { counts: Readonly<Record<string, number>> }) {
  const { word, language } = useDesk();
  return (
    <ul class="counts">
      {Object.entries(counts).map(([name, count]) => (
        <li key={name}>
          {word("places", name, "count_")} <strong>{count.toLocaleString(language)}</strong>
        </li>
      ))}
    </ul>
  );
}
