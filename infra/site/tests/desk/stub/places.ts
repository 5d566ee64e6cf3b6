// What the stub answers about places and the system's work.
import type { NightRun, Policy } from "../../../desk/src/api/system";

const SHIFTS = { day: ["07:00", "15:00"], night: ["23:00", "07:00"] } as const;

function feature(shift: keyof typeof SHIFTS, beat: string, order: number, kind: string) {
  const [starts, ends] = SHIFTS[shift];
  const [west, south] = [-92.1 - order / 100, 46.78 + Number(beat) / 1000];
  const [east, north] = [west + 0.0014, south + 0.0014];
  return {
    type: "Feature",
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    },
    properties: {
      geohash: `cbqd${beat}${order}`,
      shift,
      shift_starts: `2026-07-0${shift === "day" ? 7 : 6}T${starts}:00-05:00`,
      shift_ends: `2026-07-07T${ends}:00-05:00`,
      beat,
      order,
      place: `Sample Place ${beat}-${order}`,
      dwell_minutes: 15,
      revisit_minutes: 120,
      visits_planned: 4,
      kind,
      reports_364_days: 74,
      reports_84_days: 19,
      override_reason: order === 2 ? "market week" : null,
    },
  };
}

export const PLAN = {
  type: "FeatureCollection",
  plan: { date: "2026-07-07" },
  features: (["day", "night"] as const).flatMap((shift) => [
    feature(shift, "11", 1, "chronic"),
    feature(shift, "11", 2, "temporary"),
    feature(shift, "12", 1, "chronic"),
  ]),
};

const line = (shift: string, beat: string) => ({
  shift,
  beat,
  cells_planned: 2,
  cells_visited: 1,
  visits_planned: 8,
  visits: 3,
  minutes: 45,
  minutes_median: 15,
});
export const PATROL_REPORT = {
  report: "patrol",
  from: "2026-07-07",
  to: "2026-07-07",
  plans: 1,
  beats: [line("day", "11"), line("night", "11"), line("night", "12")],
  visits_elsewhere: 0,
  hit_rates: {},
  caveats: ["A hit says where reports arose, not what patrol prevented."],
};

export const STATISTICS = {
  date: "2026-07-05",
  columns: [
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
  ],
  rows: [
    ["incidents", "11", "all", 11, 16, 55, 54, 300, 316, -5.1],
    ["incidents", "all", "all", 159, 177, 725, 650, 4106, 4005, 2.5],
    ["incidents", "all", "robbery", 1, 6, 13, 12, 87, 98, null],
    ["clearances", "all", "all", 3, 4, 20, 25, 180, 160, 12.5],
  ],
};

const run = (name: string, date: string, rest: Partial<NightRun> = {}): NightRun => ({
  function: name,
  date,
  state: "finished",
  finished_at: `${date}T08:31:10Z`,
  counts: { incidents: 12345 },
  failures: 0,
  ...rest,
});
export const NIGHTS = {
  nights: [
    run("map-hotspots", "2026-07-05"),
    { function: "score-officers", date: "2026-07-05", state: "missing", counts: {}, failures: 0 },
    run("retain-records", "2026-07-05", { failures: 2 }),
    run("map-hotspots", "2026-07-04"),
  ],
};

const HASH = "7913fbf3e14083e8f31584be4546700c381dc6c40fdc396c8de95ca707336233";
export const POLICY: Policy = {
  modes: { updates: "shadow", alerts: "on", alerts_from: "2026-07-01", map: "off" },
  kinds: [
    { kind: "call_received", class: "emergency_service", on: true, channels: "first", max_age_minutes: 10 },
    { kind: "survey", class: "survey", on: false, channels: "text", max_age_minutes: 1440 },
  ],
  delays: { by_priority_minutes: [15, 20, 30], past_window_minutes: 10 },
  quiet_hours: { from: "21:00", to: "08:00", call_closed_after_minutes: 60 },
  versions: { ruleset: "gp-1" },
  approvals: [
    {
      what: "texts",
      language: "en",
      hash: HASH,
      needed: 1,
      state: "in_force",
      signed: [{ name: "Pat Example, Communications", date: "2026-06-01", hash: HASH, state: "in_force" }],
    },
    {
      what: "texts",
      language: "es",
      hash: HASH,
      needed: 1,
      state: "stale",
      signed: [{ name: "Ana Example", date: "2026-05-01", hash: "0", state: "stale" }],
    },
    { what: "deny_list", hash: HASH, needed: 2, state: "missing", signed: [] },
  ],
};
