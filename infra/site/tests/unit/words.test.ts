// The words a reader sees.
import { expect, test } from "vitest";
import {
  bandWords,
  categoryWords,
  dateWords,
  extentWords,
  labelWords,
  rankWords,
  sizeWords,
  trendSentence,
  trendWords,
  windowWords,
} from "../../src/words";
import { cell } from "./publication";

test("bands read as counts", () => {
  expect(["<5", "5-9", "7", "1000+", "odd"].map(bandWords)).toEqual([
    "fewer than 5",
    "5 to 9",
    "7",
    "1,000 or more",
    "odd",
  ]);
});

test("codes read as words", () => {
  expect(["all", "theft_from_vehicle", "veh_theft"].map(categoryWords)).toEqual([
    "All reported crime",
    "Theft from vehicle",
    "Vehicle theft",
  ]);
  expect([28, 365, 1095].map(windowWords)).toEqual(["28 days", "12 months", "3 years"]);
  expect([labelWords("hot", 95), labelWords("withheld", null)]).toEqual([
    "Hot, 95\u00a0%",
    "Too few to tell",
  ]);
});

test("what is withheld and what is low are told apart", () => {
  expect(rankWords(cell(0, 0, { rank: "top 5 %" }))).toBe("top 5\u00a0%");
  expect(rankWords(cell(0, 0))).toBe("below top 25\u00a0%");
  expect(rankWords(cell(0, 0, { label: null }))).toBe("not told");
});

test("a trend this page does not know is told as it is written", () => {
  expect([null, "none", "on_the_way"].map(trendWords)).toEqual(["not told", "no pattern", "on the way"]);
  expect(trendSentence("intensifying")).toBe("intensifying: hot nearly all year, and rising");
  expect(trendSentence("on_the_way")).toBe("on the way");
});

test("dates and sizes read as in a letter", () => {
  expect([dateWords("2026-07-06"), dateWords("soon")]).toEqual(["July 6, 2026", "soon"]);
  expect([999, 4567, 2_345_678].map(sizeWords)).toEqual(["999 bytes", "4.6 kB", "2.3 MB"]);
  expect(extentWords(cell(0, 0))).toBe("about 2,550 by 3,650 feet (772 by 1,112 m)");
});
