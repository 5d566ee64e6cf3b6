// `GET /v1/me`: who is signed in, what they may do, the department, its time, and what is paused.

export interface Pause {
  readonly scope: string;
  readonly value?: string;
  readonly since: string;
  readonly reason?: string;
  /** Of the circuit breaker, which closes by itself. */
  readonly until?: string;
}

export interface Agency {
  readonly name: string;
  readonly time_zone: string;
  readonly phone?: string;
  readonly languages: readonly string[];
  readonly default_language: string;
}

export interface Me {
  readonly subject: string;
  readonly roles: readonly string[];
  readonly officer: { readonly id: string; readonly name?: string } | null;
  /** Names of the routes that this person is admitted to, e.g. `GET /v1/tasks`. */
  readonly may: readonly string[];
  readonly agency: Agency;
  readonly now: string;
  readonly pauses: readonly Pause[];
}
