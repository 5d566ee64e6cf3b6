// What the stub answers about officers: one case in each state that a view shows differently, an officer's whole record, reports.
import type {
  AlertItem,
  AlertView,
  Case,
  Explanation,
  LogLine,
  RecordedEvent,
  Shown,
  Spread,
  Term,
} from "../../../desk/src/api/personnel";

export const OFFICER: Shown = {
  officer_id: "E-10",
  name: "Sam Sample",
  rank: "officer",
  unit: "patrol-1",
  shift: "days",
};
export const CASE_ID = "E-10.2026-07-05";

function term(indicator: string, name: string, c: number, n: number, rest: Partial<Term> = {}): Term {
  return {
    indicator,
    name,
    c,
    n,
    weight: 0.1,
    weight_basis: "judgement",
    exposure_unit: "months",
    r_dept: 1 + c * 10,
    r_peer: 1 + c * 8,
    lo: 0.5,
    hi: 3,
    unlikely_to_be_chance: false,
    peers: [{ key: "patrol-1, officer", size: 27, share: 1 }],
    events: [],
    ...rest,
  };
}

export const SCORE: Explanation = {
  as_of: "2026-07-05",
  ruleset_sha256: "7913fbf3e14083e8f31584be4546700c381dc6c40fdc396c8de95ca707336233",
  s: 1.787701,
  pct: 98.3,
  population: 150,
  duty_months: 60,
  plain_days: 730,
  insufficient_history: false,
  level: "review",
  thresholds: [
    {
      rule: "complaints",
      severity: "review",
      count: 3,
      days: 180,
      events: ["ia-1"],
      sentence: 'Rule "complaints": 3 in 180 days (from 3 on).',
    },
  ],
  terms: [
    term("complaint", "complaints", 0.818922, 4, {
      weight: 0.45,
      weight_basis: "measured",
      lo: 1.2,
      hi: 5.8,
      unlikely_to_be_chance: true,
      events: [{ event_id: "ia-1", weight: 0.97 }],
    }),
    term("collision", "preventable collisions", -0.02, 0),
    term("use_of_force", "uses of force", -0.011221, 1),
    term("missed_court", "missed court dates", 0, 1, { weight: 0 }),
  ],
  missing_feeds: ["pursuits"],
  sentence:
    "Score 1.79, where 1 is the department's rate for the same duty; percentile 98.3 of 150 officers. Complaints add 0.82: 4 events. The other indicators lie below it and take 0.03 away.",
};

export const SPREAD: readonly Spread[] = [
  { group: "patrol-1, officer", officers: 27, p10: 0.62, p25: 0.71, p50: 0.94, p75: 1.22, p90: 1.63 },
  { group: "department", officers: 150, p10: 0.55, p25: 0.68, p50: 0.9, p75: 1.15, p90: 1.52 },
];

export const EVENTS: readonly RecordedEvent[] = [
  {
    event_id: "ia-1",
    indicator: "complaint",
    occurred_on: "2026-05-30",
    reported_on: "2026-06-01",
    finding: "pending",
    unit: "patrol-1",
    voided: false,
  },
  {
    event_id: "ia-2",
    indicator: "complaint",
    occurred_on: "2026-02-03",
    reported_on: "2026-02-03",
    finding: "unfounded",
    closed_on: "2026-04-01",
    unit: "patrol-1",
    voided: true,
  },
];

const entry = (seq: number, act: LogLine["act"], rest: Partial<LogLine> = {}): LogLine => ({
  seq,
  at: `2026-07-05T1${seq}:30:00Z`,
  by: { id: "system", capacity: "system" },
  from: "Detected",
  state: "Notified",
  act,
  ...rest,
});

export const LOG: readonly LogLine[] = [
  entry(1, { act: "opened" }),
  entry(2, { act: "step", to: "Notified" }),
  entry(
    3,
    { act: "statement" },
    {
      by: { id: "e-10", capacity: "officer" },
      words: "Five of the six came from one street on three Saturdays.",
    },
  ),
];

export function caseIn(state: string, rest: Partial<Case> = {}): Case {
  return {
    alert_id: CASE_ID,
    officer_id: "E-10",
    state,
    opened_at: "2026-07-05T08:30:00Z",
    opened_on: "2026-07-05",
    due_on: "2026-07-19",
    s: SCORE.s,
    pct: SCORE.pct,
    triggers: [
      { trigger: { engine: "model", rule: "percentile" }, date: "2026-07-05" },
      { trigger: { engine: "threshold", rule: "complaints" }, date: "2026-07-05" },
    ],
    officer_told_on: "2026-07-05",
    has_statement: true,
    ...rest,
  };
}

/** A case with the steps that are open in it. */
export function view(state: string, legal: readonly string[], rest: Partial<Case> = {}): AlertView {
  return {
    alert: caseIn(state, rest),
    overdue: false,
    officer: OFFICER,
    legal,
    score: SCORE,
    spread: SPREAD,
    events: EVENTS,
    log: LOG,
  };
}

/** A case in which help is under way and every kind of trouble is shown. */
export const BUSY_CASE: Partial<Case> = {
  decision: {
    disposition: "Intervention",
    by: { id: "e-1", capacity: "supervisor" },
    on: "2026-07-05",
    second: { id: "e-2", capacity: "commander" },
  },
  interventions: [
    {
      number: 1,
      kind: "training",
      owner: "E-1",
      due_on: "2026-08-01",
      course: "de-escalation",
      progress: "planned",
      planned_on: "2026-07-05",
    },
    {
      number: 2,
      kind: "wellness_referral",
      owner: "E-1",
      due_on: "2026-08-01",
      progress: "offered",
      planned_on: "2026-07-05",
    },
  ],
  checks: [{ day: 30, due_on: "2026-08-31" }],
  contest: { on: "2026-07-06" },
  escalated_on: ["2026-07-06"],
};

export const ALERTS: {
  alerts: readonly AlertItem[];
  watch: readonly { officer_id: string; score: string }[];
} = {
  alerts: [
    {
      alert_id: CASE_ID,
      officer_id: "E-10",
      officer: OFFICER,
      state: "Notified",
      opened_at: "2026-07-05T08:30:00Z",
      due_on: "2026-07-19",
      overdue: false,
      contested: true,
      s: SCORE.s,
      pct: SCORE.pct,
      triggers: caseIn("Notified").triggers,
      sentence: SCORE.sentence,
      contributions: SCORE.terms.map(({ indicator, c }) => ({ indicator, c })),
      thresholds: SCORE.thresholds.map((met) => met.sentence),
    },
    {
      alert_id: "E-11.2026-06-01",
      officer_id: "E-11",
      officer: {
        officer_id: "E-11",
        name: "Ira Example",
        rank: "officer",
        unit: "patrol-2",
        shift: "nights",
      },
      state: "UnderReview",
      opened_at: "2026-06-01T08:30:00Z",
      due_on: "2026-06-15",
      overdue: true,
      contested: false,
      s: 0.93,
      pct: 53,
      triggers: [],
      contributions: [{ indicator: "complaint", c: -0.07 }],
      thresholds: ['Rule "force": 5 in 180 days (from 5 on).'],
    },
  ],
  watch: [{ officer_id: "E-12", score: "/v1/officers/E-12/scores/2026-07-05" }],
};
