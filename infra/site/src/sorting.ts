// The order of the table and its pages. Every order ends with the geohash, so that it is the same each time.
import type { Cell } from "./cells";
import { labelName } from "./filters";

/** What a table can be sorted by. */
export type Column = "geohash" | "band" | "label" | "trend" | "rank";

/** A column and a direction. */
export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** The order a reader finds: where reports recur most, first. */
export const FIRST_ORDER: Order = { column: "rank", descending: false };

/** Sorted copy; withheld values come last in either direction. */
export function sortCells(cells: readonly Cell[], order: Order): Cell[] {
  const sign = order.descending ? -1 : 1;
  return [...cells].sort((a, b) => {
    const missing = Number(isMissing(a, order.column)) - Number(isMissing(b, order.column));
    if (missing !== 0) return missing;
    return (
      sign * compare(a, b, order.column) ||
      lowest(b.band) - lowest(a.band) ||
      (a.geohash < b.geohash ? -1 : 1)
    );
  });
}

function isMissing(cell: Cell, column: Column): boolean {
  if (column === "trend") return cell.trend === null;
  return (column === "label" || column === "rank") && cell.label === null;
}

function compare(a: Cell, b: Cell, column: Column): number {
  switch (column) {
    case "geohash":
      return a.geohash < b.geohash ? -1 : Number(a.geohash > b.geohash);
    case "band":
      return lowest(a.band) - lowest(b.band);
    case "label":
      return heat(a) - heat(b);
    case "trend":
      return (a.trend ?? "").localeCompare(b.trend ?? "", "en");
    case "rank":
      return percent(a.rank) - percent(b.rank);
  }
}

/** Smallest count of a band; 0 for `<k`. */
function lowest(band: string): number {
  return band.startsWith("<") ? 0 : Number.parseInt(band, 10) || 0;
}

/** From cold at 99 % (-99) over nothing (0) to hot at 99 % (99). */
function heat(cell: Cell): number {
  const name = labelName(cell.label);
  const confidence = cell.confidence ?? 0;
  return name === "hot" ? confidence : name === "cold" ? -confidence : 0;
}

/** `top 5 %` as 5; no band comes after all bands. */
function percent(rank: string | null): number {
  return rank === null ? 100 : Number.parseFloat(rank.replace(/^\D+/, "")) || 100;
}

/** One page of rows, counted from zero; a page beyond the end is the last one. */
export function page<T>(
  rows: readonly T[],
  index: number,
  size: number,
): { rows: T[]; index: number; pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const within = Math.min(Math.max(0, index), pages - 1);
  return { rows: rows.slice(within * size, (within + 1) * size), index: within, pages };
}
