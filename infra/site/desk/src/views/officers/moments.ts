// What happened to and around an officer, newest first, from the parts of the record.
import type { OfficerView } from "../../api/personnel";

export type What = "event" | "posting" | "commendation" | "training" | "coaching" | "case" | "hired";

export interface Moment {
  readonly on: string;
  readonly what: What;
  /** A word of the API: indicator, unit, course, topic, state. */
  readonly word: string;
  readonly more: string;
  readonly voided?: boolean;
}

/** Every dated thing, newest first; of one day in a fixed order. */
export function moments(view: OfficerView): Moment[] {
  const found: Moment[] = [
    ...(view.events ?? []).map(
      (event): Moment => ({
        on: event.occurred_on,
        what: "event",
        word: event.indicator,
        more: event.finding,
        voided: event.voided,
      }),
    ),
    ...(view.postings ?? []).map(
      (post): Moment => ({
        on: post.from,
        what: "posting",
        word: `${post.rank}, ${post.unit}, ${post.shift}`,
        more: post.active ? "" : "leave",
      }),
    ),
    ...(view.commendations ?? []).map(
      (praise): Moment => ({
        on: praise.date,
        what: "commendation",
        word: praise.kind ?? "",
        more: "",
      }),
    ),
    ...(view.training ?? []).flatMap((course): Moment[] =>
      course.completed_on === undefined
        ? []
        : [{ on: course.completed_on, what: "training", word: course.course, more: "" }],
    ),
    ...view.coaching.map(
      (session): Moment => ({
        on: session.held_on,
        what: "coaching",
        word: session.topic,
        more: "",
      }),
    ),
    ...view.alerts.map(
      (one): Moment => ({ on: one.opened_on, what: "case", word: one.state, more: one.alert_id }),
    ),
  ];
  if (view.hired_on !== undefined) found.push({ on: view.hired_on, what: "hired", word: "", more: "" });
  return found.sort((a, b) => compare(b.on, a.on) || compare(a.what, b.what) || compare(a.word, b.word));
}

/** Moments by year, newest year first. */
export function byYear(found: readonly Moment[]): readonly (readonly [string, readonly Moment[]])[] {
  const years = new Map<string, Moment[]>();
  for (const moment of found) {
    const year = moment.on.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), moment]);
  }
  return [...years];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
