// The department's statistics as they come: a header and rows. Read into rows by measure, beat and category, so that one measure
// can be looked at by beat or by category.
import type { StatisticsTable } from "../../api/places";

/** Counts of a stretch and of the same stretch before. */
export interface Figures {
  readonly measure: string;
  readonly beat: string;
  readonly category: string;
  readonly week: number | null;
  readonly weekBefore: number | null;
  readonly month: number | null;
  readonly monthBefore: number | null;
  readonly year: number | null;
  readonly yearBefore: number | null;
  /** In percent, of the year so far; null where last year has too few to say. */
  readonly change: number | null;
}

const COLUMNS = {
  measure: "measure",
  beat: "beat",
  category: "category",
  week: "last_7_days",
  weekBefore: "previous_7_days",
  month: "last_28_days",
  monthBefore: "previous_28_days",
  year: "year_to_date",
  yearBefore: "last_year_to_date",
  change: "change_percent",
} as const;

/** The rows by name of column; throws an error that names the column that is missing. */
export function readStatistics(table: StatisticsTable): Figures[] {
  const place = Object.entries(COLUMNS).map(([name, column]) => {
    const index = table.columns.indexOf(column);
    if (index < 0) throw new Error(`the statistics have no column "${column}"`);
    return [name, index] as const;
  });
  return table.rows.map(
    (row) =>
      Object.fromEntries(place.map(([name, index]) => [name, row[index] ?? null])) as unknown as Figures,
  );
}

/** The values that a column has, `all` first, the rest in their natural order. */
export function valuesOf(rows: readonly Figures[], column: "measure" | "beat" | "category"): string[] {
  const values = [...new Set(rows.map((row) => row[column]))];
  return values.sort(
    (a, b) => Number(b === "all") - Number(a === "all") || a.localeCompare(b, "en", { numeric: true }),
  );
}

/** What is shown for a choice: the categories of a beat, or the beats of a category. */
export function chosen(
  rows: readonly Figures[],
  measure: string,
  beat: string,
  category: string,
): readonly Figures[] {
  const of = rows.filter(
    (row) =>
      row.measure === measure &&
      (beat === "" || row.beat === beat) &&
      (category === "" || row.category === category),
  );
  const order = (row: Figures) => Number(row.category === "all" && row.beat === "all");
  return [...of].sort((a, b) => order(b) - order(a) || (b.year ?? 0) - (a.year ?? 0));
}
