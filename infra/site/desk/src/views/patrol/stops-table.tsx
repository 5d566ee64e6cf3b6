// The places of a shift as a table: everything that the map shows, and why each is listed.
import { useDesk } from "../../shell/desk";
import { Chip } from "../../ui/page";
import { type Column, Table } from "../../ui/table";
import type { Stop } from "./plan";

interface StopsTableProps {
  stops: readonly Stop[];
  chosen: string;
  onChosen: (geohash: string) => void;
}

export function StopsTable({ stops, chosen, onChosen }: StopsTableProps) {
  const { t, word } = useDesk();
  const columns: Column<Stop>[] = [
    {
      name: "place",
      title: t("places.place"),
      kind: "row",
      cell: (stop) => (
        <>
          <button
            type="button"
            class="link"
            aria-pressed={stop.geohash === chosen}
            onClick={() => onChosen(stop.geohash === chosen ? "" : stop.geohash)}
          >
            {stop.place}
          </button>
          <small>{stop.geohash}</small>
        </>
      ),
    },
    { name: "beat", title: t("places.beat"), cell: (stop) => stop.beat },
    { name: "order", title: t("places.order"), kind: "number", cell: (stop) => stop.order },
    {
      name: "kind",
      title: t("places.kind"),
      cell: (stop) => (
        <Chip tone={stop.kind === "chronic" ? "waiting" : "quiet"}>{word("places", stop.kind, "kind_")}</Chip>
      ),
    },
    { name: "year", title: t("places.reports_364"), kind: "number", cell: (stop) => stop.reports364 },
    { name: "weeks", title: t("places.reports_84"), kind: "number", cell: (stop) => stop.reports84 },
    { name: "visits", title: t("places.visits_planned"), kind: "number", cell: (stop) => stop.visitsPlanned },
    {
      name: "note",
      title: t("places.note"),
      cell: (stop) => (stop.override === null ? "" : t("places.override", { reason: stop.override })),
    },
  ];
  return (
    <Table
      caption={t("places.stops_caption")}
      columns={columns}
      rows={stops}
      rowKey={(stop) => stop.geohash}
      rowClass={(stop) => (stop.geohash === chosen ? "is-chosen" : undefined)}
    />
  );
}
