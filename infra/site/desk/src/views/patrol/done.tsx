// What was done of what was planned on a day, by beat, with what the figures cannot say.
import type { BeatLine, PatrolReport } from "../../api/places";
import { useDesk } from "../../shell/desk";
import { Empty, Section } from "../../ui/page";
import { Loaded, useResource } from "../../ui/resource";
import { type Column, Table } from "../../ui/table";

interface DoneProps {
  date: string;
  shift: string;
  /** Empty for all. */
  beat: string;
  /** Another number reads again. */
  round: number;
}

export function Done({ date, shift, beat, round }: DoneProps) {
  const { api, t } = useDesk();
  const found = useResource<PatrolReport>(`visits ${date} ${round}`, (signal) =>
    api.get("/v1/reports/patrol", { from: date, to: date }, signal),
  );
  return (
    <Section title={t("places.done")}>
      <Loaded of={found}>
        {(report) => (
          <>
            <Lines
              lines={report.beats.filter(
                (line) => line.shift === shift && (beat === "" || line.beat === beat),
              )}
            />
            <details>
              <summary>{t("places.what_it_does_not_say")}</summary>
              <ul lang="en">
                {report.caveats.map((caveat) => (
                  <li key={caveat}>{caveat}</li>
                ))}
              </ul>
            </details>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Lines({ lines }: { lines: readonly BeatLine[] }) {
  const { t } = useDesk();
  const columns: Column<BeatLine>[] = [
    { name: "beat", title: t("places.beat"), kind: "row", cell: (line) => line.beat },
    {
      name: "visits",
      title: t("places.visits"),
      kind: "number",
      cell: (line) => t("places.of", { done: line.visits, all: line.visits_planned }),
    },
    {
      name: "cells",
      title: t("places.places_visited"),
      kind: "number",
      cell: (line) => t("places.of", { done: line.cells_visited, all: line.cells_planned }),
    },
    { name: "minutes", title: t("places.minutes_in_all"), kind: "number", cell: (line) => line.minutes },
  ];
  if (lines.length === 0) return <Empty>{t("places.no_lines")}</Empty>;
  return <Table caption={t("places.done")} columns={columns} rows={lines} rowKey={(line) => line.beat} />;
}
