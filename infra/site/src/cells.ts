// The cells of one published file: read from GeoJSON with every field checked, and found by direction.

/** What the two tests say of a cell; null where the count is too small to say anything. */
export type Label = "hot" | "cold" | "none" | null;

/** One square of the map. */
export interface Cell {
  readonly geohash: string;
  readonly band: string;
  readonly label: Label;
  readonly confidence: number | null;
  readonly trend: string | null;
  readonly rank: string | null;
  readonly asOf: string;
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Where an arrow key points. */
export type Direction = "north" | "east" | "south" | "west";

/** Reads a FeatureCollection; throws an error that names the feature where something is not as published. */
export function readCells(document: unknown): Cell[] {
  const features = isRecord(document) ? document.features : undefined;
  if (!Array.isArray(features)) throw new Error("the file is not a GeoJSON FeatureCollection");
  return features.map((feature, index) => readCell(feature, `feature ${index + 1}`));
}

function readCell(feature: unknown, where: string): Cell {
  const properties = isRecord(feature) ? feature.properties : undefined;
  const geometry = isRecord(feature) ? feature.geometry : undefined;
  if (!isRecord(properties) || !isRecord(geometry)) throw new Error(`${where} has no properties or geometry`);
  const label = textOrNull(properties, "class", where);
  if (label !== null && label !== "hot" && label !== "cold" && label !== "none") {
    throw new Error(`${where} has the unknown class "${label}"`);
  }
  return {
    geohash: text(properties, "geohash", where),
    band: text(properties, "count_band", where),
    label,
    confidence: numberOrNull(properties, "confidence", where),
    trend: textOrNull(properties, "trend", where),
    rank: textOrNull(properties, "rank_band", where),
    asOf: text(properties, "as_of", where),
    ...corners(geometry, where),
  };
}

function corners(geometry: Record<string, unknown>, where: string) {
  const rings = geometry.coordinates;
  const ring: unknown = Array.isArray(rings) ? rings[0] : undefined;
  if (geometry.type !== "Polygon" || !Array.isArray(ring)) throw new Error(`${where} is not a polygon`);
  const points = ring.map((point: unknown) => {
    if (!Array.isArray(point) || typeof point[0] !== "number" || typeof point[1] !== "number") {
      throw new Error(`${where} has a position that is not two numbers`);
    }
    return [point[0], point[1]] as const;
  });
  const x = points.map(([lon]) => lon);
  const y = points.map(([, lat]) => lat);
  return { west: Math.min(...x), south: Math.min(...y), east: Math.max(...x), north: Math.max(...y) };
}

/** The middle of a cell as longitude and latitude. */
export function centre(cell: Cell): [number, number] {
  return [(cell.west + cell.east) / 2, (cell.south + cell.north) / 2];
}

/** West, south, east, north of all cells; undefined where there are none. */
export function bounds(cells: readonly Cell[]): [number, number, number, number] | undefined {
  if (cells.length === 0) return undefined;
  return cells.reduce<[number, number, number, number]>(
    ([west, south, east, north], cell) => [
      Math.min(west, cell.west),
      Math.min(south, cell.south),
      Math.max(east, cell.east),
      Math.max(north, cell.north),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

/** Width and height of a cell in metres, on a sphere. */
export function metres(cell: Cell): [number, number] {
  const degree = 111_195; // of a great circle of the mean Earth radius, 6,371,009 m
  const latitude = ((cell.south + cell.north) / 2) * (Math.PI / 180);
  return [(cell.east - cell.west) * degree * Math.cos(latitude), (cell.north - cell.south) * degree];
}

/** The cell an arrow key leads to: the nearest one that lies more in that direction than beside it. */
export function neighbour(cells: readonly Cell[], from: Cell, direction: Direction): Cell | undefined {
  const [lon, lat] = centre(from);
  const narrowing = Math.cos(lat * (Math.PI / 180));
  let best: Cell | undefined;
  let least = Infinity;
  for (const cell of cells) {
    if (cell.geohash === from.geohash) continue;
    const [x, y] = centre(cell);
    const east = (x - lon) * narrowing;
    const north = y - lat;
    const ahead = { north, south: -north, east, west: -east }[direction];
    const beside = Math.abs(direction === "north" || direction === "south" ? east : north);
    // Twice the sideways distance: straight on is preferred to a nearer cell off the line.
    const cost = ahead + 2 * beside;
    if (ahead > 0 && beside <= ahead && cost < least) {
      least = cost;
      best = cell;
    }
  }
  return best;
}

/** The cell whose middle is nearest to a place; where to begin without a selection. */
export function nearest(cells: readonly Cell[], lon: number, lat: number): Cell | undefined {
  const narrowing = Math.cos(lat * (Math.PI / 180));
  let best: Cell | undefined;
  let least = Infinity;
  for (const cell of cells) {
    const [x, y] = centre(cell);
    const distance = ((x - lon) * narrowing) ** 2 + (y - lat) ** 2;
    if (distance < least) {
      least = distance;
      best = cell;
    }
  }
  return best;
}

/** Whether a value is an object with named fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(record: Record<string, unknown>, key: string, where: string): string {
  const value = record[key];
  if (typeof value !== "string") throw new Error(`${where} has no text "${key}"`);
  return value;
}

function textOrNull(record: Record<string, unknown>, key: string, where: string): string | null {
  return record[key] === null ? null : text(record, key, where);
}

function numberOrNull(record: Record<string, unknown>, key: string, where: string): number | null {
  const value = record[key];
  if (value === null || typeof value === "number") return value;
  throw new Error(`${where} has no number "${key}"`);
}
