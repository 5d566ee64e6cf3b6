// Which case is looked at first: what is overdue, then what is due soonest, then what was opened first.
interface Waiting {
  readonly alert_id: string;
  readonly overdue: boolean;
  readonly due_on?: string;
  readonly opened_at: string;
}

export function byUrgency<T extends Waiting>(cases: readonly T[]): T[] {
  const key = (one: Waiting) =>
    `${one.overdue ? 0 : 1} ${one.due_on ?? "9999-12-31"} ${one.opened_at} ${one.alert_id}`;
  return [...cases].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
