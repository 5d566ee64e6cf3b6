// Places and nights: the plan as it comes, the time a visit begins with, statistics, nights with what is missing in them.
import { describe, expect, test } from "vitest";
import { dates } from "../../../desk/src/i18n/dates";
import { byNight } from "../../../desk/src/views/nights/grouped";
import { readPlan, shiftAt, stopsOf } from "../../../desk/src/views/patrol/plan";
import { arrival } from "../../../desk/src/views/patrol/visit";
import { span } from "../../../desk/src/views/policy/span";
import { chosen, readStatistics, valuesOf } from "../../../desk/src/views/statistics/rows";

function feature(shift: string, beat: string, order: number, more: Record<string, unknown> = {}) {
  const [starts, ends] = shift === "day" ? ["07:00", "15:00"] : ["15:00", "23:00"];
  return {
    type: "Feature",
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [-92.2, 46.7],
          [-92.1, 46.7],
          [-92.1, 46.8],
          [-92.2, 46.8],
          [-92.2, 46.7],
        ],
      ],
    },
    properties: {
      geohash: `cell${beat}${order}`,
      shift,
      shift_starts: `2026-07-05T${starts}:00-05:00`,
      shift_ends: `2026-07-05T${ends}:00-05:00`,
      beat,
      order,
      place: "Example Mill",
      dwell_minutes: 15,
      revisit_minutes: 120,
      visits_planned: 4,
      kind: "chronic",
      reports_364_days: 74,
      reports_84_days: 19,
      override_reason: null,
      ...more,
    },
  };
}

const document = (...features: unknown[]) => ({
  type: "FeatureCollection",
  plan: { date: "2026-07-05" },
  features,
});

describe("the plan", () => {
  const plan = readPlan(
    document(
      feature("evening", "21", 1),
      feature("day", "21", 2),
      feature("day", "21", 1),
      feature("day", "3", 1),
    ),
  );

  test("lists shifts as they begin, beats as people count, stops in their order", () => {
    expect(plan.shifts).toEqual(["day", "evening"]);
    expect(plan.beats).toEqual(["3", "21"]);
    expect(stopsOf(plan, "day", "").map((stop) => stop.geohash)).toEqual(["cell31", "cell211", "cell212"]);
    expect(stopsOf(plan, "day", "3")).toHaveLength(1);
  });

  test("opens at the shift that is on", () => {
    expect(shiftAt(plan, new Date("2026-07-05T20:30:00Z"))).toBe("evening");
    expect(shiftAt(plan, new Date("2026-07-05T20:00:00Z"))).toBe("evening");
    expect(shiftAt(plan, new Date("2026-07-06T09:00:00Z"))).toBe("day");
  });

  test("that is not as documented names the feature", () => {
    expect(() => readPlan(document(feature("day", "3", 1, { beat: 3 })))).toThrow(
      'feature 1 has no text "beat"',
    );
    expect(() => readPlan(document(feature("day", "3", 1), {}))).toThrow("feature 2 has no properties");
    expect(() => readPlan([])).toThrow("FeatureCollection");
  });
});

test("a visit begins with now while the shift is on, else with its beginning", () => {
  const [stop] = readPlan(document(feature("day", "3", 1))).stops;
  const clock = dates("en", "America/Chicago");
  const check = (now: string, expected: string) => expect(arrival(stop, new Date(now), clock)).toBe(expected);
  check("2026-07-05T13:30:00Z", "2026-07-05T08:30");
  check("2026-07-05T20:59:00Z", "2026-07-05T15:59");
  check("2026-07-05T11:15:00Z", "2026-07-05T06:15");
  check("2026-07-05T10:45:00Z", "2026-07-05T07:00");
  check("2026-07-05T22:00:00Z", "2026-07-05T07:00");
});

describe("statistics", () => {
  const columns = [
    "measure",
    "beat",
    "category",
    "last_7_days",
    "previous_7_days",
    "last_28_days",
    "previous_28_days",
    "year_to_date",
    "last_year_to_date",
    "change_percent",
  ];
  const row = (beat: string, category: string, year: number, change: number | null = null) => [
    "incidents",
    beat,
    category,
    1,
    2,
    3,
    4,
    year,
    5,
    change,
  ];
  const rows = readStatistics({
    date: "2026-07-05",
    columns,
    rows: [row("11", "theft", 7), row("all", "theft", 30), row("all", "all", 40, 2.5), row("2", "all", 10)],
  });

  test("are read by name of column, not by place", () => {
    const turned = readStatistics({
      date: "2026-07-05",
      columns: [...columns].reverse(),
      rows: [[...row("11", "theft", 7)].reverse()],
    });
    expect(turned[0]).toEqual(rows[0]);
    expect(() => readStatistics({ date: "", columns: columns.slice(1), rows: [] })).toThrow('"measure"');
  });

  test("show the whole first, then the most", () => {
    expect(chosen(rows, "incidents", "all", "").map((one) => one.category)).toEqual(["all", "theft"]);
    expect(chosen(rows, "incidents", "", "all").map((one) => one.beat)).toEqual(["all", "2"]);
    expect(valuesOf(rows, "beat")).toEqual(["all", "2", "11"]);
  });
});

test("a night that misses a run, or in which one failed, is not whole", () => {
  const run = (name: string, date: string, state = "finished", failures = 0) => ({
    function: name,
    date,
    state,
    counts: {},
    failures,
  });
  const nights = byNight([
    run("retain-records", "2026-07-04"),
    run("map-hotspots", "2026-07-05"),
    run("score-officers", "2026-07-05", "missing"),
    run("score-officers", "2026-07-04"),
    run("score-officers", "2026-07-03", "finished", 2),
  ]);
  expect(nights.map((night) => [night.date, night.isWhole])).toEqual([
    ["2026-07-05", false],
    ["2026-07-04", true],
    ["2026-07-03", false],
  ]);
  expect(nights[0]?.runs.map((one) => one.function)).toEqual(["score-officers", "map-hotspots"]);
});

test("spans read as people say them", () => {
  expect([10, 840, 1440, 4320].map((minutes) => span(minutes, "en"))).toEqual([
    "10 min",
    "14 hr",
    "24 hr",
    "3 days",
  ]);
});
