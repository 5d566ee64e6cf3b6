// The invented city as the page reads it.
import { type Cell, readCells } from "../../src/cells";
import { type Manifest, readManifest } from "../../src/manifest";
import { publication } from "../city.mjs";

const files = publication();

/** A file of the publication as JSON. */
export function json(path: string): unknown {
  return JSON.parse(files[path] ?? "null");
}

export const manifest: Manifest = readManifest(json("hotspots/manifest.json"));
export const cells: Cell[] = readCells(json("hotspots/latest.geojson"));

/** A cell of a grid of unit squares. */
export function cell(column: number, row: number, changes: Partial<Cell> = {}): Cell {
  const [west, south] = [-92 + column * 0.01, 46 + row * 0.01];
  return {
    geohash: `c${column}${row}`,
    band: "5-9",
    label: "none",
    confidence: null,
    trend: null,
    rank: null,
    asOf: "2026-07-06",
    west,
    south,
    east: west + 0.01,
    north: south + 0.01,
    ...changes,
  };
}
