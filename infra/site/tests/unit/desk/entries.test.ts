// Decisions and messages put together: nothing that was decided may vanish.
import { expect, test } from "vitest";
import type { Decision, Message } from "../../../desk/src/api/updates";
import { distinct, entries } from "../../../desk/src/views/updates/entries";

const decision = (changes: Partial<Decision> = {}): Decision => ({
  decided_at: "2026-07-05T10:00:00Z",
  person: "p1",
  kind: "call_received",
  ordinal: "0",
  channel: "text",
  state: "suppressed",
  reason: "safety_latch",
  rule: "updates.toml: latch_days",
  policy: "a",
  ...changes,
});

const message = (changes: Partial<Message> = {}): Message => ({
  created_at: "2026-07-05T10:00:00Z",
  person: "p1",
  kind: "call_received",
  ordinal: "0",
  channel: "text",
  state: "delivered",
  address: "…0123",
  at: "2026-07-05T10:00:00Z",
  expires_at: "2026-07-05T10:10:00Z",
  policy: "a",
  history: [
    { at: "2026-07-05T10:00:01Z", state: "accepted" },
    { at: "2026-07-05T10:00:05Z", state: "delivered" },
  ],
  ...changes,
});

test("a withheld decision is an entry with its reason", () => {
  const [only] = entries({ decisions: [decision()], messages: [] });
  expect(only).toMatchObject({ state: "suppressed", reason: "safety_latch" });
  expect(only?.course).toHaveLength(1);
});

test("a message tells what became of its decision", () => {
  const pending = { ...decision({ state: "pending" }), reason: undefined } as unknown as Decision;
  const [only, ...others] = entries({ decisions: [pending], messages: [message()] });
  expect(others).toEqual([]);
  expect(only?.state).toBe("delivered");
  expect(only?.course.map(({ state }) => state)).toEqual(["pending", "accepted", "delivered"]);
});

test("persons, ways, kinds and ordinals are kept apart", () => {
  const decisions = [
    decision(),
    decision({ person: "p2" }),
    decision({ channel: "email" }),
    decision({ kind: "call_closed" }),
    decision({ ordinal: "1" }),
  ];
  expect(entries({ decisions, messages: [] })).toHaveLength(5);
});

test("the newest comes first, and steps stand in their order", () => {
  const late = decision({ kind: "call_closed", decided_at: "2026-07-05T11:00:00Z" });
  const again = decision({ decided_at: "2026-07-05T10:30:00Z", reason: "paused" });
  const all = entries({ decisions: [again, decision(), late], messages: [] });
  expect(all.map(({ kind }) => kind)).toEqual(["call_closed", "call_received"]);
  expect(all[1]?.course.map(({ reason }) => reason)).toEqual(["safety_latch", "paused"]);
  expect(all[1]?.reason).toBe("paused");
});

test("what waits says until when; what is held does not", () => {
  const waits = decision({ state: "deferred", until: "2026-07-06T13:00:00Z" });
  expect(entries({ decisions: [waits], messages: [] })[0]?.until).toBe("2026-07-06T13:00:00Z");
  const held = decision({ state: "deferred" });
  expect(entries({ decisions: [held], messages: [] })[0]?.until).toBeUndefined();
});

test("a message without history is still there", () => {
  const bare = message({ history: [], state: "suppressed", reason: "shadow" });
  expect(entries({ decisions: [], messages: [bare] })[0]).toMatchObject({
    state: "suppressed",
    reason: "shadow",
  });
});

test("who is in a case and in its call is one, unless the addresses differ", () => {
  const person = (id: string, ...addresses: string[]) => ({ id, roles: [], addresses });
  const ids = (...people: ReturnType<typeof person>[]) => distinct(people).map(({ id }) => id);
  expect(ids(person("p1", "…0122"), person("call.p1", "…0122"))).toEqual(["p1"]);
  expect(ids(person("p1", "…0122"), person("call.p1", "…0133"))).toEqual(["p1", "call.p1"]);
  expect(ids(person("call.p1", "…0122"))).toEqual(["call.p1"]);
  expect(ids(person("p1"), person("call.p2"))).toEqual(["p1", "call.p2"]);
});
