// What the staff API answers about places: the patrol plan and its visits, statistics.

export interface PlanSettings {
  readonly dwell_minutes: number;
  readonly revisit_minutes: number;
  readonly cells_per_beat: number;
}

/** Visits of one beat in one shift. */
export interface BeatLine {
  readonly shift: string;
  readonly beat: string;
  readonly cells_planned: number;
  readonly cells_visited: number;
  readonly visits_planned: number;
  readonly visits: number;
  readonly minutes: number;
  readonly minutes_median: number | null;
}

export interface HitRate {
  readonly cells: number;
  readonly hits: number;
  readonly incidents: number;
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PatrolReport {
  readonly from: string;
  readonly to: string;
  readonly plans: number;
  readonly beats: readonly BeatLine[];
  readonly visits_elsewhere: number;
  readonly hit_rates: Readonly<Record<"planned" | "visited" | "not_visited" | "control", HitRate>>;
  readonly caveats: readonly string[];
}

export interface Visit {
  readonly shift: string;
  readonly geohash: string;
  readonly arrived_at: string;
  readonly minutes: number;
}

export type StatisticsCell = string | number | null;

export interface StatisticsTable {
  readonly date: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly StatisticsCell[])[];
}
