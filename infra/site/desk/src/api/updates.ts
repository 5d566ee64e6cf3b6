// What the API tells of updates: the day, one call or case, a message's preview, contacts, tasks.

export type State =
  | "deferred"
  | "pending"
  | "claimed"
  | "accepted"
  | "delivered"
  | "failed"
  | "unknown"
  | "suppressed"
  | "superseded"
  | "expired";
export type Channel = "text" | "email";

/** A line of the day or of a search; no address, no words. */
export interface Update {
  readonly incident?: string;
  readonly case?: string;
  readonly person: string;
  readonly roles?: readonly string[];
  readonly kind: string;
  readonly ordinal?: string;
  readonly channel: Channel;
  readonly state: State;
  readonly reason?: string;
  readonly at: string;
  readonly language?: string;
}

export interface Updates {
  readonly date?: string;
  readonly updates: readonly Update[];
  readonly next?: string;
}

/** Whom one may write to: no names, addresses masked. */
export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  readonly language?: string;
  readonly channels?: readonly Channel[];
  readonly addresses?: readonly string[];
}

interface Deciding {
  readonly person: string;
  readonly kind: string;
  readonly ordinal: string;
  readonly channel: Channel;
  readonly state: State;
  readonly reason?: string;
  readonly policy: string;
}

export interface Decision extends Deciding {
  readonly decided_at: string;
  readonly until?: string;
  readonly rule: string;
}

export interface Step {
  readonly at: string;
  readonly state: State;
  readonly reason?: string;
}

export interface Message extends Deciding {
  readonly created_at: string;
  readonly failure?: string;
  readonly address: string;
  readonly at: string;
  readonly expires_at: string;
  readonly language?: string;
  readonly text_hash?: string;
  readonly text?: string;
  readonly history: readonly Step[];
}

export interface RecordOf {
  readonly people?: readonly Person[];
  readonly decisions: readonly Decision[];
  readonly messages: readonly Message[];
}

export interface Wording {
  readonly text?: string;
  readonly subject?: string;
  readonly language?: string;
  readonly segments?: number;
  readonly segments_allowed?: number;
  readonly encoding?: "GSM-7" | "UCS-2";
  readonly septets?: number;
  readonly units?: number;
}

export interface Way extends Wording {
  readonly channel: Channel;
  readonly would: Would;
  readonly reason?: string;
  readonly waits_until?: string;
}
export type Would = "send" | "withhold" | "defer";

export interface Preview extends Wording {
  readonly would: Would;
  /** Until when it waits, as its writer lets it. */
  readonly waits_until?: string;
  readonly reason?: string;
  /** Until when it would wait, if its writer let it. */
  readonly until?: string;
  readonly detail?: string;
  readonly choices?: readonly { readonly choice: string; readonly detail: string }[];
  readonly ways: readonly Way[];
}

/** What has become of a message that was stored. */
export interface Receipt {
  readonly person: string;
  readonly ways: readonly {
    readonly channel: Channel;
    readonly state: State;
    readonly reason?: string;
    readonly until?: string;
  }[];
}

export type Wish = "ok" | "ask_first" | "no_text" | "no_email" | "never";

export interface Contact {
  readonly address: string;
  readonly known: boolean;
  readonly latched_until?: string;
  readonly wish?: { readonly contact: Wish; readonly until: string };
  readonly confirmed_safe: readonly { readonly channel: Channel; readonly until: string }[];
  readonly opt_outs: readonly { readonly scope: OptOutScope; readonly at: string; readonly by: string }[];
  readonly undeliverable: boolean;
  readonly language?: string;
  readonly last_survey_at?: string;
}
export type OptOutScope = "all" | { readonly class: string } | { readonly case: string };

export interface Task {
  readonly id: string;
  readonly kind: string;
  readonly owner: string;
  readonly about: { readonly type: string; readonly id: string };
  readonly covers: readonly string[];
  readonly created_at: string;
  readonly due_at: string;
  readonly overdue: boolean;
  readonly escalated_at?: string;
  readonly replies?: readonly { readonly at: string; readonly from: string; readonly text: string }[];
  readonly outcomes: readonly string[];
}

export interface Tasks {
  readonly tasks: readonly Task[];
  readonly next?: string;
}

/** The kinds of the contract, in its order. */
export const KINDS = [
  "call_received",
  "officers_on_the_way",
  "officers_delayed",
  "call_closed",
  "call_transferred",
  "case_number",
  "case_assigned",
  "case_status",
  "case_referred",
  "case_charged",
  "case_closed",
  "contact_requested",
  "survey",
  "staff_message",
] as const;

export const STATES: readonly State[] = [
  "suppressed",
  "failed",
  "unknown",
  "deferred",
  "pending",
  "claimed",
  "accepted",
  "delivered",
  "superseded",
  "expired",
];
