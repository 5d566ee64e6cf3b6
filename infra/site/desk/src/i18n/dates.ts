// Times and dates as the department's clock shows them, wherever the browser stands. A day of the API (`2026-07-05`) has no
// zone: it is shown as it is written.
export interface Dates {
  /** `18:42` */
  time(at: string | Date): string;
  /** `Jul 5, 18:42`; with the year where it is another than now's. */
  moment(at: string | Date): string;
  /** `Sun, Jul 5, 2026`, of a moment or a day. */
  day(at: string | Date): string;
  /** `2026-07-05` in the department's zone. */
  isoDay(at: string | Date): string;
  /** `in 3 h`, `12 min ago` */
  distance(at: string | Date, from: Date): string;
  /** The department's local date and time (`2026-07-05T18:42`, as of a form) as RFC 3339; `undefined` if it is none. */
  fromLocal(local: string): string | undefined;
  /** A moment as a form wants it: `2026-07-05T18:42`. */
  toLocal(at: string | Date): string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function dates(language: string, timeZone: string): Dates {
  const format = (options: Intl.DateTimeFormatOptions, zone = timeZone) =>
    new Intl.DateTimeFormat(language, { hourCycle: "h23", ...options, timeZone: zone });
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const moment = format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const long = { weekday: "short", month: "short", day: "numeric", year: "numeric" } as const;
  const day = format(long);
  const plainDay = format(long, "UTC");
  const distance = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
  const date = (at: string | Date) => (at instanceof Date ? at : new Date(at));
  const isoDay = (at: string | Date) => wall(date(at), timeZone).slice(0, 10);
  return {
    time: (at) => time.format(date(at)),
    moment: (at) => moment.format(date(at)),
    day: (at) =>
      typeof at === "string" && DAY.test(at)
        ? plainDay.format(new Date(`${at}T00:00:00Z`))
        : day.format(date(at)),
    isoDay,
    distance: (at, from) => distanceWords(distance, (date(at).getTime() - from.getTime()) / 1000),
    fromLocal: (local) => fromLocal(local, timeZone),
    toLocal: (at) => wall(date(at), timeZone).slice(0, 16),
  };
}

function distanceWords(format: Intl.RelativeTimeFormat, seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 3_600) return format.format(Math.round(seconds / 60), "minute");
  if (size < 36 * 3_600) return format.format(Math.round(seconds / 3_600), "hour");
  return format.format(Math.round(seconds / 86_400), "day");
}

/** The wall clock of a zone, as ISO without an offset. */
function wall(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

/** Of an hour that comes twice in autumn the first; one that is skipped in spring is moved forward. */
function fromLocal(local: string, timeZone: string): string | undefined {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return undefined;
  const offsetAt = (at: number) =>
    Date.parse(`${wall(new Date(at), timeZone)}Z`) - Math.floor(at / 1000) * 1000;
  const before = wanted - offsetAt(wanted - 86_400_000);
  const after = wanted - offsetAt(wanted + 86_400_000);
  const fits = [before, after].find((at) => at + offsetAt(at) === wanted);
  return new Date(fits ?? before).toISOString().replace(".000Z", "Z");
}
