// Which reports there are for whom, and which columns of each are shown.

export type Value = string | number | boolean | null;
export type Cells = Readonly<Record<string, Value>>;

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  training: ["name", "unit", "course", "status", "due_on", "completed_on", "expires_on", "hours"],
  coaching: [
    "name",
    "unit",
    "sessions",
    "last_session_on",
    "next_session_on",
    "goal",
    "goal_due_on",
    "percent",
    "status",
    "overdue",
  ],
  year: ["name", "unit", "measure", "of", "count"],
  evaluation: ["measure", "of", "value"],
};

export function columnsOf(report: string): readonly string[] {
  return COLUMNS[report] ?? [];
}

/** The reports for these roles: those about the system are for commanders and internal affairs. */
export function reportsFor(roles: readonly string[]): readonly string[] {
  const whole = roles.includes("commander") || roles.includes("internal_affairs");
  return ["training", "coaching", "year", ...(whole ? ["evaluation", "fairness"] : [])];
}
