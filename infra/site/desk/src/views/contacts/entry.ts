// What is entered about an address, and the body that the API takes for it. Pure.
import type { Wish } from "../../api/updates";
import type { Dates } from "../../i18n/dates";

export type What = "wish" | "revocation" | "safe" | "works";

export interface Draft {
  readonly what: What;
  readonly wish: Wish;
  /** A day, `2026-07-05`: it holds until that day ends. */
  readonly wishUntil: string;
  readonly scope: "all" | "class" | "case";
  readonly class: string;
  readonly revokedCase: string;
  /** Local date and time. */
  readonly receivedAt: string;
  readonly channel: "text" | "email";
  readonly safeUntil: string;
  readonly isSafe: boolean;
  readonly caseNumber: string;
}

export const WISH_DAYS = 366;
export const SAFE_DAYS = 90;
const DAY = 86_400_000;

export function emptyDraft(dates: Dates, now: Date): Draft {
  return {
    what: "wish",
    wish: "no_text",
    wishUntil: dates.isoDay(new Date(now.getTime() + 180 * DAY)),
    scope: "all",
    class: "case_information",
    revokedCase: "",
    receivedAt: dates.toLocal(now),
    channel: "text",
    safeUntil: dates.isoDay(new Date(now.getTime() + 30 * DAY)),
    isSafe: true,
    caseNumber: "",
  };
}

/** The last day that the API takes for something that may hold `days` days. */
export function lastDay(dates: Dates, now: Date, days: number): string {
  return dates.isoDay(new Date(now.getTime() + (days - 1) * DAY));
}

/** The body without the address; `undefined` while a date is missing. */
export function entryOf(draft: Draft, dates: Dates): Record<string, unknown> | undefined {
  const about = draft.caseNumber.trim() === "" ? {} : { case_number: draft.caseNumber.trim() };
  switch (draft.what) {
    case "works":
      return { undeliverable: false };
    case "wish": {
      if (draft.wish === "ok") return { wish: { contact: "ok" }, ...about };
      const until = endOf(draft.wishUntil, dates);
      if (until === undefined) return undefined;
      return { wish: { contact: draft.wish, until }, ...about };
    }
    case "safe": {
      if (!draft.isSafe) return { confirmed_safe: { channel: draft.channel }, ...about };
      const until = endOf(draft.safeUntil, dates);
      if (until === undefined) return undefined;
      return { confirmed_safe: { channel: draft.channel, until }, ...about };
    }
    case "revocation": {
      const received_at = dates.fromLocal(draft.receivedAt);
      if (received_at === undefined) return undefined;
      return { revocation: { ...scopeOf(draft), received_at } };
    }
  }
}

function scopeOf({ scope, class: kind, revokedCase }: Draft) {
  if (scope === "class") return { scope, class: kind };
  if (scope === "case") return { scope, case_number: revokedCase.trim() };
  return { scope };
}

/** The last second of a day, in the department's zone. */
function endOf(day: string, dates: Dates): string | undefined {
  return day === "" ? undefined : dates.fromLocal(`${day}T23:59:59`);
}
