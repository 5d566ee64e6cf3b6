// The order of the table.
import { expect, test } from "vitest";
import type { Cell } from "../../src/cells";
import { type Column, page, sortCells } from "../../src/sorting";
import { cell, cells } from "./publication";

const COLUMNS: Column[] = ["geohash", "band", "label", "trend", "rank"];

function check(column: Column, descending: boolean, rows: Partial<Cell>[]): void {
  const made = rows.map((row, index) => cell(index, 0, row));
  for (const start of [made, [...made].reverse()]) {
    expect(sortCells(start, { column, descending })).toEqual(made);
  }
}

test("bands sort by count, not by letters", () => {
  check("band", false, [
    { band: "<5" },
    { band: "5-9" },
    { band: "10-19" },
    { band: "100-199" },
    { band: "1000+" },
  ]);
});

test("labels sort from hot to cold, the surest outermost", () => {
  check("label", true, [
    { label: "hot", confidence: 99 },
    { label: "hot", confidence: 90 },
    { label: "none" },
    { label: "cold", confidence: 90 },
    { label: "cold", confidence: 99 },
    { label: null },
  ]);
});

test("what is withheld comes last either way", () => {
  check("rank", false, [{ rank: "top 1 %" }, { rank: "top 10 %" }, { rank: null }, { label: null }]);
  check("rank", true, [{ rank: null }, { rank: "top 10 %" }, { rank: "top 1 %" }, { label: null }]);
  check("trend", true, [{ trend: "sporadic" }, { trend: "new" }, { trend: null }]);
});

test("an order does not depend on the one before", () => {
  for (const column of COLUMNS) {
    const order = { column, descending: true };
    expect(sortCells([...cells].reverse(), order)).toEqual(sortCells(cells, order));
  }
});

test("pages hold every row once, and there is no page beyond the last", () => {
  const rows = [1, 2, 3, 4, 5];
  const all = [0, 1, 2].flatMap((index) => page(rows, index, 2).rows);
  expect(all).toEqual(rows);
  expect(page(rows, 9, 2)).toEqual({ rows: [5], index: 2, pages: 3 });
  expect(page([], -1, 2)).toEqual({ rows: [], index: 0, pages: 1 });
});
