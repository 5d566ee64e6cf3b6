// Times as the department's clock shows them, in both directions and over both changes of the clock.
import { describe, expect, test } from "vitest";
import { dates } from "../../../desk/src/i18n/dates";

const chicago = dates("en", "America/Chicago");

test("moments are shown in the department's zone", () => {
  expect(chicago.time("2026-07-05T23:42:00Z")).toBe("18:42");
  expect(chicago.time("2026-07-06T05:00:00Z")).toBe("00:00");
  expect(chicago.isoDay("2026-07-06T04:59:59Z")).toBe("2026-07-05");
  expect(dates("en", "Pacific/Auckland").isoDay("2026-07-05T23:42:00Z")).toBe("2026-07-06");
});

test("a day of the API is the day it says, in any zone", () => {
  for (const zone of ["America/Chicago", "Pacific/Auckland", "UTC"]) {
    expect(dates("en", zone).day("2026-07-05")).toContain("Jul 5");
  }
});

describe("local time of a form", () => {
  const check = (local: string, expected: string | undefined) =>
    expect(chicago.fromLocal(local)).toBe(expected);
  test("summer and winter", () => {
    check("2026-07-05T18:42", "2026-07-05T23:42:00Z");
    check("2026-01-05T18:42", "2026-01-06T00:42:00Z");
    check("2026-07-05T23:59:59", "2026-07-06T04:59:59Z");
  });
  test("the hour that comes twice is the first of them, the skipped one moves on", () => {
    check("2026-11-01T01:30", "2026-11-01T06:30:00Z");
    check("2026-03-08T02:30", "2026-03-08T08:30:00Z");
  });
  test("nonsense is none", () => check("soon", undefined));
  test("there and back", () => {
    for (let hour = 0; hour < 24 * 365; hour += 7) {
      const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString().replace(".000Z", "Z");
      const back = chicago.fromLocal(chicago.toLocal(at));
      // In the hour that comes twice the second becomes the first.
      const twice = at >= "2026-11-01T07:00:00Z" && at < "2026-11-01T08:00:00Z";
      if (!twice) expect(back).toBe(at);
    }
  });
});

test("distances are told from the API's clock", () => {
  const now = new Date("2026-07-05T12:00:00Z");
  expect(chicago.distance("2026-07-05T11:51:00Z", now)).toBe("9 min. ago");
  expect(chicago.distance("2026-07-05T15:00:00Z", now)).toBe("in 3 hr.");
  expect(chicago.distance("2026-07-08T12:00:00Z", now)).toBe("in 3 days");
});
