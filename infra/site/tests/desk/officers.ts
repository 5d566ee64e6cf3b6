// The stub with a department of officers and places: who is signed in, and fixed answers for each of their views.

import { ALERTS, CASE_ID, SCORE, SPREAD, view } from "./stub/personnel";
import { NIGHTS, PATROL_REPORT, PLAN, POLICY, STATISTICS } from "./stub/places";
import { OFFICERS, REPORTS, record } from "./stub/records";
import type { start } from "./stub/server";

type Stub = Awaited<ReturnType<typeof start>>;

const READS = ["GET /v1/officers", "GET /v1/officers/{id}", "GET /v1/officers/{id}/scores/{date}"];
const REVIEWS = [
  ...READS,
  "GET /v1/alerts",
  "GET /v1/alerts/{id}",
  "POST /v1/alerts/{id}/transitions",
  "POST /v1/alerts/{id}/interventions",
  "POST /v1/officers/{id}/coaching",
  "POST /v1/officers/{id}/goals",
  "GET /v1/reports/{name}",
];
const PLACES = [
  "GET /v1/patrol/{date}",
  "POST /v1/patrol/{date}/visits",
  "GET /v1/reports/patrol",
  "GET /v1/statistics/{date}",
];
const SYSTEM = ["GET /v1/nights", "GET /v1/policy"];

/** A supervisor above the officer of the samples, with places and system; or the officer. */
export function settle(
  stub: Stub,
  role: "supervisor" | "commander" | "officer" | "analyst" = "supervisor",
): void {
  const may = {
    supervisor: [...REVIEWS, ...PLACES, ...SYSTEM],
    commander: [...REVIEWS, ...PLACES, ...SYSTEM],
    officer: [...READS, "POST /v1/alerts/{id}/statement"],
    analyst: [...PLACES, ...SYSTEM],
  }[role];
  const officer =
    role === "officer"
      ? { id: "E-10", name: "Sam Sample" }
      : role === "supervisor"
        ? { id: "E-1", name: "Ada Sergeant" }
        : null;
  stub.state.me = { roles: [role], officer, may };
  const answers: Readonly<Record<string, unknown>> = {
    "/v1/alerts": ALERTS,
    [`/v1/alerts/${CASE_ID}`]: view("Notified", ["UnderReview", "Closed/Left"]),
    "/v1/officers": OFFICERS,
    "/v1/officers/E-10": record(),
    "/v1/officers/E-10/scores/2026-07-05": {
      officer: null,
      run: { as_of: "2026-07-05T08:30:00Z", watermark: "2026-07-05T08:15:00Z", ruleset_sha256: "7" },
      score: SCORE,
      spread: SPREAD,
    },
    "/v1/reports/training": REPORTS.training,
    "/v1/reports/coaching": REPORTS.coaching,
    "/v1/reports/fairness": REPORTS.fairness,
    "/v1/patrol/2026-07-07": PLAN,
    "/v1/reports/patrol": PATROL_REPORT,
    "/v1/statistics/latest": STATISTICS,
    "/v1/nights": NIGHTS,
    "/v1/policy": POLICY,
  };
  for (const [path, body] of Object.entries(answers)) {
    stub.state.answers.set(`GET ${path}`, { status: 200, body });
  }
}

/** What was posted to a path, parsed, in order. */
export function posted(stub: Stub, path: string): unknown[] {
  return stub.seen
    .filter((asked) => asked.method === "POST" && asked.path === path)
    .map((asked) => JSON.parse(asked.body));
}
