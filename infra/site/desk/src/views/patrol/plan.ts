// The patrol plan as it comes: one feature a shift and cell. Every field that is shown is checked; what is not as documented is
// an error that names the feature, not a blank on somebody's sheet.
import { type Cell, isRecord } from "../../../../src/cells";

/** A place to visit in a shift. */
export interface Stop {
  readonly geohash: string;
  readonly shift: string;
  readonly shiftStarts: string;
  readonly shiftEnds: string;
  readonly beat: string;
  /** In which order the beat's places are visited in this shift, drawn by lot. */
  readonly order: number;
  readonly place: string;
  readonly dwell: number;
  readonly revisit: number;
  readonly visitsPlanned: number;
  readonly kind: string;
  readonly reports364: number;
  readonly reports84: number;
  readonly override: string | null;
  readonly cell: Cell;
}

export interface Plan {
  readonly date: string;
  readonly stops: readonly Stop[];
  /** Names of shifts in the order in which they begin. */
  readonly shifts: readonly string[];
  readonly beats: readonly string[];
}

export function readPlan(document: unknown): Plan {
  const features = isRecord(document) ? document.features : undefined;
  const head = isRecord(document) && isRecord(document.plan) ? document.plan : {};
  if (!Array.isArray(features)) throw new Error("the plan is not a GeoJSON FeatureCollection");
  const stops = features.map((feature, index) => readStop(feature, `feature ${index + 1}`)).sort(byPlace);
  const starts = new Map(stops.map((stop) => [stop.shift, stop.shiftStarts]));
  const shifts = [...starts].sort(([, a], [, b]) => Date.parse(a) - Date.parse(b)).map(([shift]) => shift);
  const beats = [...new Set(stops.map((stop) => stop.beat))].sort(naturally);
  return { date: typeof head.date === "string" ? head.date : "", stops, shifts, beats };
}

/** The shift that a moment lies in, else the first. */
export function shiftAt(plan: Plan, at: Date): string {
  const within = plan.stops.find(
    (stop) => Date.parse(stop.shiftStarts) <= at.getTime() && at.getTime() < Date.parse(stop.shiftEnds),
  );
  return within?.shift ?? plan.shifts[0] ?? "";
}

/** The stops of a shift, of one beat or of all, in the order of the beats and of their visits. */
export function stopsOf(plan: Plan, shift: string, beat: string): readonly Stop[] {
  return plan.stops.filter((stop) => stop.shift === shift && (beat === "" || stop.beat === beat));
}

function byPlace(a: Stop, b: Stop): number {
  return naturally(a.beat, b.beat) || a.order - b.order || (a.geohash < b.geohash ? -1 : 1);
}

function naturally(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function readStop(feature: unknown, where: string): Stop {
  const properties = isRecord(feature) ? feature.properties : undefined;
  const geometry = isRecord(feature) ? feature.geometry : undefined;
  if (!isRecord(properties) || !isRecord(geometry)) throw new Error(`${where} has no properties or geometry`);
  const text = (key: string): string => {
    const value = properties[key];
    if (typeof value !== "string") throw new Error(`${where} has no text "${key}"`);
    return value;
  };
  const number = (key: string): number => {
    const value = properties[key];
    if (typeof value !== "number") throw new Error(`${where} has no number "${key}"`);
    return value;
  };
  const geohash = text("geohash");
  const kind = text("kind");
  return {
    geohash,
    shift: text("shift"),
    shiftStarts: text("shift_starts"),
    shiftEnds: text("shift_ends"),
    beat: text("beat"),
    order: number("order"),
    place: text("place"),
    dwell: number("dwell_minutes"),
    revisit: number("revisit_minutes"),
    visitsPlanned: number("visits_planned"),
    kind,
    reports364: number("reports_364_days"),
    reports84: number("reports_84_days"),
    override: properties.override_reason === null ? null : text("override_reason"),
    cell: asCell(geohash, kind, geometry, where),
  };
}

/** The cell as the public map's module draws it: places that keep coming back are solid, passing ones hatched. */
function asCell(geohash: string, kind: string, geometry: Record<string, unknown>, where: string): Cell {
  const rings = geometry.coordinates;
  const ring: unknown = Array.isArray(rings) ? rings[0] : undefined;
  if (geometry.type !== "Polygon" || !Array.isArray(ring)) throw new Error(`${where} is not a polygon`);
  const points = ring.filter(
    (point): point is [number, number] =>
      Array.isArray(point) && typeof point[0] === "number" && typeof point[1] === "number",
  );
  if (points.length < 4) throw new Error(`${where} is not a polygon`);
  const x = points.map(([lon]) => lon);
  const y = points.map(([, lat]) => lat);
  return {
    geohash,
    band: "",
    label: "hot",
    confidence: kind === "chronic" ? 99 : 90,
    trend: null,
    rank: null,
    asOf: "",
    west: Math.min(...x),
    south: Math.min(...y),
    east: Math.max(...x),
    north: Math.max(...y),
  };
}
