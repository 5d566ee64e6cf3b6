// Records: their line of time, the officer's answer, the order of cases, which reports are for whom.
import { describe, expect, test } from "vitest";
import type { LogLine, OfficerView, OwnCase } from "../../../desk/src/api/personnel";
import { byUrgency } from "../../../desk/src/views/alerts/order";
import { answerable, isWritten } from "../../../desk/src/views/officers/answer";
import { byYear, moments } from "../../../desk/src/views/officers/moments";
import { reportsFor } from "../../../desk/src/views/reports/tables";

function own(state: string, more: Partial<OwnCase> = {}): OwnCase {
  return {
    alert_id: "E-1.2026-07-05",
    officer_id: "E-1",
    opened_at: "2026-07-05T08:30:00Z",
    opened_on: "2026-07-05",
    s: 1,
    pct: 50,
    triggers: [],
    has_statement: false,
    log: [],
    state,
    ...more,
  };
}

describe("the officer's answer", () => {
  function check(state: string, statement: boolean, contest: boolean, more: Partial<OwnCase> = {}): void {
    expect(answerable(own(state, more))).toEqual({ statement, contest });
  }

  test("is a statement until the decision, an objection at any time", () => {
    for (const state of ["Detected", "Notified", "UnderReview", "OfficerResponse"]) check(state, true, true);
    for (const state of ["Disposition", "Active", "FollowUp", "Closed"]) check(state, false, true);
  });

  test("is no second objection while one waits", () => {
    check("Disposition", false, false, { contest: { on: "2026-07-06" } });
    check("Disposition", false, true, { contest: { on: "2026-07-06", ruling: "uphold" } });
  });

  test("that stands in the log is not sent again", () => {
    const line = (act: string, words: string): LogLine => ({
      seq: 4,
      at: "2026-07-06T10:00:00Z",
      by: { id: "x", capacity: "officer" },
      from: "Notified",
      state: "Notified",
      act: { act },
      words,
    });
    const log = [line("statement", "I was alone.\n")];
    expect(isWritten(log, " I was alone.", false)).toBe(true);
    expect(isWritten(log, "I was alone.", true)).toBe(false);
    expect(isWritten(log, "I was not alone.", false)).toBe(false);
  });
});

test("the line of time holds every dated thing, newest first", () => {
  const view: OfficerView = {
    officer: { officer_id: "E-1", rank: "officer", unit: "patrol-1", shift: "days" },
    hired_on: "2015-01-30",
    postings: [{ from: "2015-01-30", unit: "patrol-1", rank: "officer", shift: "days", active: true }],
    events: [
      {
        event_id: "e",
        indicator: "complaint",
        occurred_on: "2026-02-17",
        reported_on: "2026-05-26",
        finding: "unfounded",
        voided: true,
      },
    ],
    commendations: [{ date: "2025-12-24", kind: "letter" }],
    training: [
      { course: "driving", status: "completed", completed_on: "2026-04-27", hours: 8 },
      { course: "first aid", status: "required", due_on: "2026-09-01", hours: 0 },
    ],
    recognition: { commendations: 0, days: 365, due: false },
    coaching: [],
    goals: [],
    scores: [],
    alerts: [own("Notified")],
  };
  const found = moments(view);
  expect(found.map((moment) => moment.what)).toEqual([
    "case",
    "training",
    "event",
    "commendation",
    "hired",
    "posting",
  ]);
  expect(found.find((moment) => moment.what === "event")?.voided).toBe(true);
  expect(byYear(found).map(([year, of]) => [year, of.length])).toEqual([
    ["2026", 3],
    ["2025", 1],
    ["2015", 2],
  ]);
});

test("overdue cases come first, then what is due soonest; without a due day last", () => {
  const one = (alert_id: string, overdue: boolean, due_on?: string) => ({
    alert_id,
    overdue,
    opened_at: "2026-07-05T08:30:00Z",
    ...(due_on === undefined ? {} : { due_on }),
  });
  const cases = [
    one("d", false),
    one("c", false, "2026-07-19"),
    one("b", false, "2026-07-10"),
    one("a", true, "2026-07-30"),
  ];
  expect(byUrgency(cases).map((found) => found.alert_id)).toEqual(["a", "b", "c", "d"]);
});

test("what is said of the system itself is for commanders and internal affairs", () => {
  expect(reportsFor(["supervisor"])).not.toContain("fairness");
  expect(reportsFor(["commander"])).toContain("evaluation");
});
