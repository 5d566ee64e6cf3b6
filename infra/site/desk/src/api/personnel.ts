// What the staff API answers about officers: scores with their reasons, cases, records, coaching. Field names are the
// API's own (infra/openapi.yaml, docs/a-review.md).

/** A post and a name, beside a score or a case. */
export interface Shown {
  readonly officer_id: string;
  readonly name?: string;
  readonly rank: string;
  readonly unit: string;
  readonly shift: string;
}

/** Why an officer is at review. */
export interface Raised {
  readonly trigger: { readonly engine: string; readonly rule: string; readonly indicator?: string };
  readonly date: string;
}

/** A case in the list, never without the sum behind its score. */
export interface AlertItem {
  readonly alert_id: string;
  readonly officer_id: string;
  readonly officer: Shown | null;
  readonly state: string;
  readonly opened_at: string;
  readonly due_on?: string;
  readonly overdue: boolean;
  readonly contested: boolean;
  readonly s: number;
  readonly pct: number;
  readonly triggers: readonly Raised[];
  readonly sentence?: string;
  readonly contributions: readonly { readonly indicator: string; readonly c: number }[];
  readonly thresholds: readonly string[];
}

export interface AlertList {
  readonly alerts: readonly AlertItem[];
  /** On the first page alone: officers on the supervisors' own list, without a case. */
  readonly watch?: readonly { readonly officer_id: string; readonly score: string }[];
  readonly next?: string;
}

/** One indicator's part in a score. */
export interface Term {
  readonly indicator: string;
  /** In plain words, plural. */
  readonly name: string;
  readonly weight: number;
  readonly weight_basis: string;
  readonly c: number;
  readonly exposure_unit: string;
  readonly r_dept: number;
  readonly r_peer: number;
  /** Events in the window of plain counts. */
  readonly n: number;
  readonly lo: number;
  readonly hi: number;
  readonly unlikely_to_be_chance: boolean;
  readonly peers: readonly { readonly key: string; readonly size: number; readonly share: number }[];
  readonly events: readonly { readonly event_id: string; readonly weight: number }[];
}

/** A threshold rule that the record meets. */
export interface Met {
  readonly rule: string;
  readonly severity: string;
  readonly count: number;
  readonly days: number;
  readonly events: readonly string[];
  readonly sentence: string;
}

/** A score with everything that explains it. */
export interface Explanation {
  readonly as_of: string;
  readonly ruleset_sha256: string;
  readonly s: number;
  readonly pct: number;
  readonly population: number;
  readonly duty_months: number;
  readonly plain_days: number;
  readonly insufficient_history: boolean;
  readonly level: string;
  readonly thresholds: readonly Met[];
  readonly terms: readonly Term[];
  readonly missing_feeds: readonly string[];
  readonly sentence: string;
}

/** How the scores of the same night lie in a group: a tenth below `p10`, half below `p50`. */
export interface Spread {
  /** `department`, or the key of a peer group. */
  readonly group: string;
  readonly officers: number;
  readonly p10: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
}

export interface ScoreShown {
  readonly spread?: readonly Spread[];
  /** The events behind it, as they stand now. */
  readonly events?: readonly RecordedEvent[];
  readonly officer: Shown | null;
  readonly run: { readonly as_of: string; readonly watermark: string; readonly ruleset_sha256: string };
  readonly score: Explanation;
}

/** An event on a record. */
export interface RecordedEvent {
  readonly event_id: string;
  readonly indicator: string;
  readonly occurred_on: string;
  readonly reported_on: string;
  readonly severity?: string;
  readonly finding: string;
  readonly closed_on?: string;
  readonly scene_id?: string;
  readonly summary_ref?: string;
  readonly unit?: string;
  readonly voided: boolean;
}

export interface Actor {
  readonly id: string;
  readonly capacity: string;
}

/** What somebody did in a case. */
export interface LogLine {
  readonly seq: number;
  readonly at: string;
  readonly by: Actor;
  readonly from: string;
  readonly state: string;
  readonly act: {
    readonly act: string;
    readonly to?: string;
    readonly disposition?: string;
    readonly suppress_until?: string;
    readonly check?: number;
    readonly outcome?: string;
    readonly into?: string;
    readonly ruling?: string;
    readonly intervention?: number;
    readonly progress?: string;
  };
  readonly words?: string;
}

export interface Intervention {
  readonly number: number;
  readonly kind: string;
  readonly owner: string;
  readonly due_on: string;
  readonly course?: string;
  readonly progress: string;
  readonly planned_on: string;
  readonly ended_on?: string;
}

export interface Check {
  readonly day: number;
  readonly due_on: string;
  readonly done_on?: string;
}

export interface Case {
  readonly alert_id: string;
  readonly officer_id: string;
  readonly state: string;
  readonly opened_at: string;
  readonly opened_on: string;
  readonly due_on?: string;
  readonly s: number;
  readonly pct: number;
  readonly triggers: readonly Raised[];
  readonly notice_delay?: { readonly authority: string; readonly until: string };
  readonly officer_told_on?: string;
  readonly has_statement: boolean;
  readonly decision?: {
    readonly disposition: string;
    readonly by: Actor;
    readonly on: string;
    readonly suppress_until?: string;
    readonly second?: Actor;
  };
  readonly interventions?: readonly Intervention[];
  readonly checks?: readonly Check[];
  readonly contest?: { readonly on: string; readonly ruling?: string };
  readonly escalated_on?: readonly string[];
  readonly outcome?: string;
  readonly closed_on?: string;
  readonly merged_into?: string;
}

export interface AlertView {
  readonly alert: Case;
  readonly overdue: boolean;
  readonly officer: Shown | null;
  /** Words of the steps that are open to the caller. */
  readonly legal: readonly string[];
  readonly score?: Explanation;
  readonly spread?: readonly Spread[];
  readonly events: readonly RecordedEvent[];
  readonly log: readonly LogLine[];
}

export interface Listed extends Shown {
  readonly employee_type: string;
  readonly active: boolean;
  readonly supervisor_id?: string;
  readonly level?: string;
  readonly score?: string;
  readonly alert_id?: string;
  readonly training_overdue: number;
}

export interface OfficerList {
  readonly officers: readonly Listed[];
  readonly next?: string;
}

export interface Course {
  readonly course: string;
  readonly status: string;
  readonly due_on?: string;
  readonly completed_on?: string;
  readonly expires_on?: string;
  readonly hours: number;
}

/** What was written by hand, with when and by whom. */
export type Written<T> = T & {
  readonly id: string;
  readonly at: string;
  readonly by: Actor;
  readonly words: string;
};

export interface Session {
  readonly held_on: string;
  readonly topic: string;
  readonly next_on?: string;
}

export interface Goal {
  readonly due_on: string;
  readonly percent: number;
  readonly status: string;
  readonly steps: readonly (readonly [string, number])[];
}

/** The score of one night, in short. */
export interface Night {
  readonly date: string;
  readonly level: string;
  readonly s: number;
  readonly pct: number;
  readonly insufficient_history: boolean;
  readonly sentence: string;
}

export interface OwnCase extends Case {
  readonly log: readonly LogLine[];
}

/** Everything held on one person. */
export interface OfficerView {
  readonly officer: Shown;
  readonly employee_type?: string;
  readonly hired_on?: string;
  readonly postings?: readonly {
    readonly from: string;
    readonly unit: string;
    readonly rank: string;
    readonly shift: string;
    readonly active: boolean;
  }[];
  readonly events?: readonly RecordedEvent[];
  readonly commendations?: readonly { readonly date: string; readonly kind?: string }[];
  readonly training?: readonly Course[];
  readonly recognition: { readonly commendations: number; readonly days: number; readonly due: boolean };
  readonly coaching: readonly Written<Session>[];
  readonly goals: readonly Written<Goal>[];
  readonly scores: readonly Night[];
  readonly alerts: readonly OwnCase[];
  readonly referrals?: readonly {
    readonly referral_id: string;
    readonly at: string;
    readonly words: string;
  }[];
}
