// The nightly runs by night, newest first, so that what is missing in a night stands beside what ran in it.
import type { NightRun } from "../../api/system";

export interface Night {
  readonly date: string;
  readonly runs: readonly NightRun[];
  /** Whether anything in it failed or left nothing. */
  readonly isWhole: boolean;
}

/** The order in which the functions run. */
const ORDER = ["score-officers", "notify-reviews", "map-hotspots", "summarise-updates", "retain-records"];

export function byNight(runs: readonly NightRun[]): Night[] {
  const nights = new Map<string, NightRun[]>();
  for (const run of runs) nights.set(run.date, [...(nights.get(run.date) ?? []), run]);
  return [...nights]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([date, found]) => ({
      date,
      runs: [...found].sort((a, b) => place(a) - place(b) || (a.function < b.function ? -1 : 1)),
      isWhole: found.every(isWhole),
    }));
}

/** Whether a run ended, and without a failure. */
export function isWhole(run: NightRun): boolean {
  return run.state !== "missing" && run.failures === 0;
}

function place(run: NightRun): number {
  const found = ORDER.indexOf(run.function);
  return found < 0 ? ORDER.length : found;
}
