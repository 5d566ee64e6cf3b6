// What may become part of an address line, and what must not.
import { expect, test } from "vitest";
import { withoutAddresses } from "../../../desk/src/session/drafts";
import { href, match, placeOf } from "../../../desk/src/shell/router";
import { typed } from "../../../desk/src/views/updates/lookup";

test("telephone numbers and e-mail addresses are told from numbers of calls and cases", () => {
  const check = (text: string, expected: string) => expect(typed(text), text).toBe(expected);
  for (const phone of [
    "218-555-0123",
    "(218) 555-0123",
    "+12185550123",
    "1 218 555 0123",
    "218.555.0123",
    "218 5550123",
    "+1 (218) 555-0123",
  ]) {
    check(phone, "address");
  }
  check("a@example.com", "address");
  check("2185550123", "either");
  check("26-048213", "number");
  check("26-1234", "number");
  check("2026-00048213", "number");
  check("DPD26-048213", "number");
  check("  ", "empty");
});

test("a draft keeps no address", () => {
  expect(withoutAddresses("Call 218-555-0123 or (218) 555 0123, +12185550177, a.b@example.com.")).not.toMatch(
    /\d{3}|@/,
  );
  expect(withoutAddresses("555-0123 or 5550177")).toBe("… or …");
  expect(withoutAddresses("Case 26-1234, Tuesday 14:30, room 12.")).toBe(
    "Case 26-1234, Tuesday 14:30, room 12.",
  );
});

test("addresses of views", () => {
  expect(match("/cases/:number", placeOf(href("cases", "26/1 ü")).path)).toEqual({ number: "26/1 ü" });
  expect(match("/cases/:number", "/cases/")).toBeUndefined();
  expect(match("/cases/:number", "/cases/1/2")).toBeUndefined();
  expect(match("/cases/:number", "/cases/%E0%A4%A")).toBeUndefined();
  expect(placeOf("#/updates?state=failed").query.get("state")).toBe("failed");
  expect(placeOf("").path).toBe("/");
});
