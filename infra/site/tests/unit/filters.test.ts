// Choices and the manifest they choose from.
import { expect, test } from "vitest";
import { countLabels, filterCells, LABELS, readFragment, writeFragment } from "../../src/filters";
import { categories, fileFor, readManifest, windows } from "../../src/manifest";
import { cells, json, manifest } from "./publication";

function check(fragment: string, expected: string): void {
  expect(writeFragment(readFragment(fragment, manifest))).toBe(expected);
}

test("a fragment comes back as it was written", () => {
  for (const fragment of ["#category=all&window=730", "#category=violent&window=365&class=hot,none"]) {
    check(fragment, fragment);
  }
});

test("what is not published gives way to what is", () => {
  check("", "#category=all&window=365");
  check("#category=arson&window=28", "#category=all&window=365");
  check("#category=burglary&window=730", "#category=burglary&window=365");
  check("#class=withheld,hot,nonsense", "#category=all&window=365&class=hot,withheld");
  check("#class=", "#category=all&window=365&class=");
});

test("labels part the cells without rest", () => {
  const counts = countLabels(cells);
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(cells.length);
  for (const label of LABELS) expect(filterCells(cells, [label])).toHaveLength(counts[label]);
  expect(filterCells(cells, LABELS)).toEqual(cells);
});

test("the manifest offers its categories and windows, everything first", () => {
  expect(categories(manifest)).toEqual(["all", "burglary", "theft_from_vehicle", "violent"]);
  expect(windows(manifest, "all")).toEqual([365, 730]);
  expect(fileFor(manifest, "burglary", 365)?.csv).toBe("hotspots/burglary/latest.csv");
  expect(fileFor(manifest, "burglary", 730)).toBeUndefined();
});

test("of two precisions the finer one is shown", () => {
  const files = [5, 7, 6].map((precision) => ({
    category: "all",
    window_days: 365,
    precision,
    path: `p${precision}`,
  }));
  expect(fileFor(readManifest({ as_of: "2026-07-06", files }), "all", 365)?.path).toBe("p7");
});

test("paths that lead out of the bucket are not followed", () => {
  for (const path of [
    "https://example.com/x",
    "//example.com/x",
    "../x",
    "a/../x",
    "/x",
    "javascript:alert(1)",
    "a?b",
    "",
  ]) {
    const files = [{ category: "all", window_days: 365, path }];
    expect(readManifest({ as_of: "2026-07-06", files }).files).toEqual([]);
  }
});

test("a manifest without its date or its files is refused", () => {
  for (const document of [null, [], {}, { as_of: "2026-07-06" }, { files: [] }]) {
    expect(() => readManifest(document)).toThrow(/manifest/);
  }
  expect(readManifest(json("hotspots/manifest.json")).withdrawn).toEqual(["2026-06-01"]);
});
