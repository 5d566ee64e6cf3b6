// What the forms send: nothing that was left empty, and nothing that the API would not take.
import { describe, expect, test } from "vitest";
import { dates } from "../../../desk/src/i18n/dates";
import { emptyDraft, entryOf, lastDay } from "../../../desk/src/views/contacts/entry";
import { bodyOf as personBody } from "../../../desk/src/views/updates/add-person";
import { bodyOf as messageBody } from "../../../desk/src/views/updates/composer";
import { roomOf } from "../../../desk/src/views/updates/preview";

const chicago = dates("en", "America/Chicago");
const now = new Date("2026-07-05T17:00:00Z");
const draft = emptyDraft(chicago, now);

test("a message", () => {
  const blank = { person: "p1", text: " Please call. ", channel: "", wait: "", override: "" };
  expect(messageBody(blank)).toEqual({ person: "p1", text: "Please call." });
  expect(messageBody({ ...blank, channel: "email", wait: "yes", override: "spoke to her" })).toEqual({
    person: "p1",
    text: "Please call.",
    channel: "email",
    wait: true,
    override_reason: "spoke to her",
  });
  // Asked for a reason and gave none: the API is not told that there is one.
  expect(messageBody({ ...blank, override: " " })).not.toHaveProperty("override_reason");
});

test("a person", () => {
  const blank = {
    id: "",
    role: "victim",
    name: "",
    phone: " 218-555-0177 ",
    email: "",
    age: "",
    language: "",
    text_agreed: "yes",
    email_agreed: "",
    basis: "asked by telephone",
    guardian_of: "m",
  };
  const body = { phone: "218-555-0177", channels: ["text"], basis: "asked by telephone" };
  expect(personBody(blank)).toEqual({ role: "victim", ...body });
  expect(personBody({ ...blank, id: "p9" })).toEqual({ id: "p9", ...body });
  expect(personBody({ ...blank, role: "guardian", age: "44" })).toEqual({
    role: "guardian",
    guardian_of: "m",
    age: 44,
    ...body,
  });
});

describe("a contact", () => {
  test("a wish holds to the end of its day, and none needs no day", () => {
    expect(entryOf({ ...draft, wish: "never", wishUntil: "2027-01-31" }, chicago)).toEqual({
      wish: { contact: "never", until: "2027-02-01T05:59:59Z" },
    });
    expect(entryOf({ ...draft, wish: "ok", wishUntil: "" }, chicago)).toEqual({ wish: { contact: "ok" } });
    expect(entryOf({ ...draft, wish: "never", wishUntil: "" }, chicago)).toBeUndefined();
  });
  test("a safe way with its case, and taken back", () => {
    const safe = { ...draft, what: "safe" as const, safeUntil: "2026-08-01", caseNumber: " 26-1 " };
    expect(entryOf(safe, chicago)).toEqual({
      confirmed_safe: { channel: "text", until: "2026-08-02T04:59:59Z" },
      case_number: "26-1",
    });
    expect(entryOf({ ...safe, isSafe: false }, chicago)).toEqual({
      confirmed_safe: { channel: "text" },
      case_number: "26-1",
    });
  });
  test("a revocation by its scope alone", () => {
    const revoked = {
      ...draft,
      what: "revocation" as const,
      receivedAt: "2026-07-05T11:30",
      revokedCase: "26-1",
    };
    const received_at = "2026-07-05T16:30:00Z";
    expect(entryOf(revoked, chicago)).toEqual({ revocation: { scope: "all", received_at } });
    expect(entryOf({ ...revoked, scope: "class" }, chicago)).toEqual({
      revocation: { scope: "class", class: "case_information", received_at },
    });
    expect(entryOf({ ...revoked, scope: "case" }, chicago)).toEqual({
      revocation: { scope: "case", case_number: "26-1", received_at },
    });
  });
  test("the last day offered is one that the API takes", () => {
    for (const days of [90, 366]) {
      const end = Date.parse(chicago.fromLocal(`${lastDay(chicago, now, days)}T23:59:59`) ?? "");
      expect(end - now.getTime()).toBeLessThanOrEqual(days * 86_400_000);
    }
  });
});

test("room of a text", () => {
  expect([roomOf(1, true), roomOf(2, true), roomOf(1, false), roomOf(2, false)]).toEqual([160, 306, 70, 134]);
});
