// Which time of arrival a form begins with: now, if the shift is on; else the beginning of the shift, which is corrected by hand.
import type { Dates } from "../../i18n/dates";
import type { Stop } from "./plan";

const HOUR = 3_600_000;

export function arrival(stop: Stop | undefined, now: Date, dates: Pick<Dates, "toLocal">): string {
  if (stop === undefined) return dates.toLocal(now);
  const [starts, ends] = [Date.parse(stop.shiftStarts), Date.parse(stop.shiftEnds)];
  const on = now.getTime() >= starts - HOUR && now.getTime() <= ends + HOUR;
  return dates.toLocal(on ? now : new Date(starts));
}
