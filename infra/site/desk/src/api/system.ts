// What the staff API answers about the system's own work: nightly runs, the policy in force.

export interface NightRun {
  readonly function: string;
  readonly date: string;
  /** `finished`, or `missing` where a run was to be expected and left nothing. */
  readonly state: string;
  readonly finished_at?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: number;
}

export interface Signature {
  readonly name: string;
  readonly date: string;
  readonly hash: string;
  readonly state: string;
}

export interface Approval {
  readonly what: string;
  readonly language?: string;
  readonly hash: string;
  readonly needed: number;
  /** `in_force`, `stale` or `missing`. */
  readonly state: string;
  readonly signed: readonly Signature[];
}

export interface Policy {
  readonly modes: {
    readonly updates: string;
    readonly alerts: string;
    readonly alerts_from: string | null;
    readonly map: string;
  };
  readonly live?: boolean;
  readonly kinds: readonly {
    readonly kind: string;
    readonly class: string;
    readonly on: boolean;
    readonly channels: string;
    readonly max_age_minutes: number;
  }[];
  readonly delays: { readonly by_priority_minutes: readonly number[]; readonly past_window_minutes: number };
  readonly quiet_hours: {
    readonly from: string;
    readonly to: string;
    readonly call_closed_after_minutes: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly approvals: readonly Approval[];
}
