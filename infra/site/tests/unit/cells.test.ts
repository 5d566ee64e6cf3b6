// Cells, their neighbours and their looks.
import { expect, test } from "vitest";
import { bounds, type Direction, metres, nearest, neighbour, readCells } from "../../src/cells";
import { gridLines } from "../../src/graticule";
import { LOOKS, look, PALETTES, type Theme, TILE, tile } from "../../src/looks";
import { cell, cells, json } from "./publication";

const GRID = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => cell(column, row)));

function check(direction: Direction, expected: string | undefined): void {
  expect(neighbour(GRID, cell(1, 1), direction)?.geohash).toBe(expected);
}

test("arrows go to the cell beside, and nowhere from the edge", () => {
  check("north", "c12");
  check("east", "c21");
  check("south", "c10");
  check("west", "c01");
  expect(neighbour(GRID, cell(2, 2), "north")).toBeUndefined();
});

test("on a full grid an arrow and its opposite lead back", () => {
  for (const start of GRID.filter(({ geohash }) => geohash.startsWith("c1"))) {
    const east = neighbour(GRID, start, "east");
    expect(east && neighbour(GRID, east, "west")).toEqual(start);
  }
});

test("arrows jump over gaps and prefer straight on", () => {
  const sparse = [cell(0, 0), cell(4, 0), cell(3, 1)];
  expect(neighbour(sparse, cell(0, 0), "east")?.geohash).toBe("c40");
  expect(nearest(sparse, -91.9551, 46.0051)?.geohash).toBe("c40");
});

test("cells of the file lie inside its bounds and measure as geohashes do", () => {
  const [west, south, east, north] = bounds(cells) ?? [0, 0, 0, 0];
  expect(
    cells.every((one) => one.west >= west && one.east <= east && one.south >= south && one.north <= north),
  ).toBe(true);
  const fine = cells.find(({ geohash }) => geohash.length === 7);
  expect(fine && metres(fine).map(Math.round)).toEqual([105, 153]);
  expect(bounds([])).toBeUndefined();
});

test("a file that is not as published is refused with the feature named", () => {
  const good = json("hotspots/burglary/latest.geojson") as {
    features: { properties: Record<string, unknown> }[];
  };
  const broken = (changes: Record<string, unknown>) => {
    const [first, ...rest] = structuredClone(good.features);
    Object.assign(first?.properties ?? {}, changes);
    return { features: [...rest, first] };
  };
  const last = `feature ${good.features.length}`;
  expect(() => readCells(broken({ class: "lukewarm" }))).toThrow(`${last} has the unknown class "lukewarm"`);
  expect(() => readCells(broken({ confidence: "99" }))).toThrow(`${last} has no number "confidence"`);
  expect(() => readCells(broken({ geohash: undefined }))).toThrow(`${last} has no text "geohash"`);
  expect(() => readCells([])).toThrow("FeatureCollection");
});

test("every look differs from every other without colour", () => {
  for (const theme of Object.keys(PALETTES) as Theme[]) {
    const grey = LOOKS.map((kind) => signature(tile(kind, theme)));
    expect(new Set(grey).size).toBe(LOOKS.length);
  }
});

/** Lightness to the nearest eighth, pixel by pixel. */
function signature(pixels: Uint8ClampedArray): string {
  return Array.from({ length: TILE * TILE }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(i * 4);
    return Math.floor((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 32);
  }).join("");
}

test("a label between two levels looks as the lower one", () => {
  expect(look(cell(0, 0, { label: "hot", confidence: 97 }))).toBe("hot-95");
  expect(look(cell(0, 0, { label: null }))).toBe("withheld");
});

test("the graticule reads well at every scale", () => {
  const words = (box: [number, number, number, number]) => gridLines(box).map((line) => line.words);
  expect(words([-92.2, 46.7, -92, 46.81])).toEqual(
    ["92.20° W", "92.15° W", "92.10° W", "92.05° W", "92.00° W", "46.70° N", "46.75° N", "46.80° N"].map(
      (text) => text.replace(" ", "\u00a0"),
    ),
  );
  for (const size of [0.005, 0.05, 0.5, 5, 40])
    expect(gridLines([-92, 46, -92 + size, 46 + size]).length).toBeLessThan(14);
});
