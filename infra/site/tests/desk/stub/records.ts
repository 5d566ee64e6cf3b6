// What the stub answers about records: the roster, an officer's whole record, reports.
import type { OfficerView } from "../../../desk/src/api/personnel";
import { CASE_ID, caseIn, EVENTS, LOG, OFFICER, SCORE } from "./personnel";

const LISTED = { employee_type: "sworn", active: true, training_overdue: 0 };
export const OFFICERS = {
  officers: [
    { ...OFFICER, ...LISTED, level: "review", alert_id: CASE_ID, training_overdue: 1 },
    { ...OFFICER, ...LISTED, officer_id: "E-12", name: "Lou Placeholder", level: "watch" },
    { ...OFFICER, ...LISTED, officer_id: "E-13", name: "Kit Specimen", unit: "patrol-2", level: "none" },
  ],
};

export function record(rest: Partial<OfficerView> = {}): OfficerView {
  return {
    officer: OFFICER,
    employee_type: "sworn",
    hired_on: "2015-01-30",
    postings: [{ from: "2015-01-30", unit: "patrol-1", rank: "officer", shift: "days", active: true }],
    events: EVENTS,
    commendations: [{ date: "2026-03-02", kind: "letter" }],
    training: [
      { course: "driving", status: "overdue", due_on: "2026-05-04", hours: 0 },
      { course: "first aid", status: "completed", completed_on: "2026-04-27", hours: 8 },
    ],
    recognition: { commendations: 3, days: 365, due: true },
    coaching: [
      {
        id: "2026-06-20-a",
        at: "2026-06-20T15:00:00Z",
        by: { id: "e-1", capacity: "supervisor" },
        held_on: "2026-06-20",
        topic: "report writing",
        next_on: "2026-07-20",
        words: "Shorter narratives, facts first.",
      },
    ],
    goals: [
      {
        id: "g1",
        at: "2026-06-20T15:00:00Z",
        by: { id: "e-1", capacity: "supervisor" },
        due_on: "2026-09-01",
        percent: 40,
        status: "open",
        steps: [["2026-07-01", 40]],
        words: "Reports in before the end of the shift.",
      },
    ],
    scores: [
      {
        date: "2026-07-05",
        level: "review",
        s: SCORE.s,
        pct: SCORE.pct,
        insufficient_history: false,
        sentence: SCORE.sentence,
      },
    ],
    alerts: [
      { ...caseIn("OfficerResponse", { due_on: "2026-07-15", has_statement: false }), log: LOG.slice(0, 2) },
    ],
    ...rest,
  };
}

const share = (count: number, of: number) => ({ count, of, rate: count / of, lo: 0.01, hi: 0.2 });
export const REPORTS: Readonly<Record<string, unknown>> = {
  training: {
    report: "training",
    rows: [
      {
        officer_id: "E-10",
        name: "Sam Sample",
        unit: "patrol-1",
        course: "driving",
        status: "overdue",
        due_on: "2026-05-04",
        completed_on: null,
        expires_on: null,
        hours: 0,
      },
    ],
  },
  coaching: {
    report: "coaching",
    rows: [
      {
        officer_id: "E-10",
        name: "Sam Sample",
        unit: "patrol-1",
        sessions: 1,
        last_session_on: "2026-06-20",
        next_session_on: "2026-07-20",
        goal: "Reports in before the end of the shift.",
        goal_due_on: "2026-09-01",
        percent: 40,
        status: "open",
        overdue: false,
      },
    ],
  },
  fairness: {
    as_of: "2026-07-05",
    officers: 150,
    review: share(6, 150),
    insufficient_history: share(19, 150),
    new_at_review: null,
    left_review: null,
    top_five_units: 1,
    groups: { service: { "10 to 20 years": share(3, 75), "under 3 years": share(1, 18) } },
  },
};
