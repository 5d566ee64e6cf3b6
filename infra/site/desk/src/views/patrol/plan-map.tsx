// The plan on a map. The module that draws is loaded when the first map is shown; where the browser cannot draw it, the table below
// tells the same.
import { useEffect, useRef, useState } from "preact/hooks";
import { bounds, neighbour } from "../../../../src/cells";
import type { CellMap } from "../../../../src/map";
import { useDesk } from "../../shell/desk";
import { Notice } from "../../ui/page";
import type { Stop } from "./plan";
import { useShade } from "./shade";

interface PlanMapProps {
  stops: readonly Stop[];
  chosen: string;
  onChosen: (geohash: string) => void;
}

export function PlanMap({ stops, chosen, onChosen }: PlanMapProps) {
  const { t } = useDesk();
  const container = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<CellMap>();
  const [failed, setFailed] = useState(false);
  const shade = useShade();
  const latest = useRef({ stops, chosen, onChosen, shade });
  latest.current = { stops, chosen, onChosen, shade };

  useEffect(() => {
    let gone = false;
    let opened: CellMap | undefined;
    const box = bounds(latest.current.stops.map((stop) => stop.cell));
    const element = container.current;
    if (element === null || box === undefined) return;
    open(element, latest.current.shade, box, {
      chosen: (geohash) => latest.current.onChosen(geohash),
      moved: (direction) => latest.current.onChosen(step(latest.current, direction, opened)),
    }).then(
      (ready) => {
        opened = ready;
        if (gone) ready.close();
        else setMap(ready);
      },
      () => !gone && setFailed(true),
    );
    return () => {
      gone = true;
      opened?.close();
    };
  }, []);

  useEffect(() => {
    map?.show(stops.map((stop) => stop.cell));
    map?.whole(stops.map((stop) => stop.cell));
  }, [map, stops]);
  useEffect(() => {
    map?.mark(
      stops.map((stop) => ({
        cell: stop.cell,
        words: String(stop.order),
        look: stop.geohash === chosen ? "chosen" : stop.kind,
      })),
    );
  }, [map, stops, chosen]);
  useEffect(() => map?.select(stops.find((stop) => stop.geohash === chosen)?.cell), [map, stops, chosen]);
  useEffect(() => map?.paint(shade), [map, shade]);

  if (failed) return <Notice>{t("places.no_map")}</Notice>;
  return (
    <div class="plan-map no-print">
      <div class="map" ref={container} />
      <p class="tools">
        <button type="button" onClick={() => map?.whole(stops.map((stop) => stop.cell))}>
          {t("places.show_all")}
        </button>
        <span>{t("places.map_hint")}</span>
      </p>
    </div>
  );
}

type Chosen = (geohash: string) => void;
type Direction = Parameters<typeof neighbour>[2];

async function open(
  element: HTMLDivElement,
  shade: "light" | "dark",
  box: [number, number, number, number],
  told: { chosen: Chosen; moved: (direction: Direction) => void },
): Promise<CellMap> {
  const [{ CellMap }, { allowOwnWorkers }] = await Promise.all([
    import("../../../../src/map"),
    import("./worker-policy"),
  ]);
  allowOwnWorkers();
  return CellMap.open(element, shade, box, {
    chosen: (cell) => told.chosen(cell?.geohash ?? ""),
    moved: told.moved,
  });
}

/** Where an arrow key leads from the chosen stop, or where to begin. */
function step(
  { stops, chosen }: { stops: readonly Stop[]; chosen: string },
  direction: Direction,
  map: CellMap | undefined,
): string {
  const cells = stops.map((stop) => stop.cell);
  const from = cells.find((cell) => cell.geohash === chosen);
  if (from === undefined) return map?.middle()?.geohash ?? "";
  return neighbour(cells, from, direction)?.geohash ?? chosen;
}
