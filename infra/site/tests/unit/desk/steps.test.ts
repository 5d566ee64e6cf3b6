// The steps of a case: what the API names as open is offered, with the fields that the step takes, and nothing else.
import { describe, expect, test } from "vitest";
import type { Case } from "../../../desk/src/api/personnel";
import {
  body,
  mayPlan,
  maySuppress,
  missing,
  offers,
  progressOf,
} from "../../../desk/src/views/alerts/steps";

function found(state: string, more: Partial<Case> = {}): Case {
  const about = { alert_id: "E-1.2026-07-05", officer_id: "E-1", opened_at: "2026-07-05T08:30:00Z" };
  return {
    ...about,
    opened_on: "2026-07-05",
    s: 1,
    pct: 50,
    triggers: [],
    has_statement: false,
    state,
    ...more,
  };
}

function check(state: string, legal: string[], labels: string[], more: Partial<Case> = {}): void {
  expect(offers(legal, found(state, more)).map((offer) => offer.label)).toEqual(labels);
}

describe("what is offered", () => {
  test("nothing that the API does not name", () => {
    check("Notified", [], []);
    check("Notified", ["UnderReview", "Closed/Left"], ["take_up", "close_left"]);
    check("FollowUp", ["FollowUp", "Closed/Left"], ["look", "close_left"], {
      checks: [{ day: 30, due_on: "2026-08-04" }],
    });
  });

  test("the same word is another step in another state", () => {
    check("OfficerResponse", ["UnderReview"], ["after_response"]);
    check("Disposition", ["UnderReview", "SecondReview"], ["give_back", "agree"]);
    check("Active", ["FollowUp"], ["follow_up"]);
    check("SecondReview", ["Closed"], ["close_without"]);
    check("FollowUp", ["Closed"], ["close"]);
  });

  test("a word that the desk does not know is not guessed at", () => check("Notified", ["Promoted"], []));

  test("planning is a form of its own", () => {
    check("SecondReview", ["InterventionPlanned"], []);
    expect(mayPlan(["InterventionPlanned"])).toBe(true);
    expect(mayPlan(["Active"])).toBe(false);
  });

  test("the next look is the first that was not taken", () => {
    const checks = [
      { day: 30, due_on: "2026-08-04", done_on: "2026-08-04" },
      { day: 90, due_on: "2026-10-03" },
    ];
    const [look] = offers(["FollowUp"], found("FollowUp", { checks }));
    expect(look?.check).toEqual({ day: 90, due_on: "2026-10-03" });
    expect(look && body(look, { reason: "Quiet." })).toEqual({ to: "FollowUp", check: 90, reason: "Quiet." });
  });
});

describe("what is posted", () => {
  function posted(state: string, word: string, answers: Record<string, string>) {
    const [offer] = offers([word], found(state));
    if (offer === undefined) throw new Error("not offered");
    return { lacking: missing(offer, answers), body: body(offer, answers) };
  }

  test("a decision needs a disposition and words", () => {
    expect(posted("UnderReview", "Disposition", {}).lacking).toEqual(["disposition", "reason"]);
    expect(posted("UnderReview", "Disposition", { disposition: "NoAction", reason: "  " }).lacking).toEqual([
      "reason",
    ]);
  });

  test("reasons are silenced only where a decision allows it", () => {
    const answers = { reason: "Because.", suppress_until: "2026-09-01" };
    const silent = posted("UnderReview", "Disposition", { ...answers, disposition: "DataError" });
    expect(silent.body).toEqual({ to: "Disposition", disposition: "DataError", ...answers });
    const loud = posted("UnderReview", "Disposition", { ...answers, disposition: "Intervention" });
    expect(loud.body).toEqual({ to: "Disposition", disposition: "Intervention", reason: "Because." });
    expect(maySuppress({ disposition: "ReferIA" })).toBe(false);
  });

  test("taking up needs nothing; giving back needs words", () => {
    expect(posted("Notified", "UnderReview", {})).toEqual({ lacking: [], body: { to: "UnderReview" } });
    expect(posted("Disposition", "UnderReview", {}).lacking).toEqual(["reason"]);
  });

  test("somebody who left closes the case with that outcome", () => {
    expect(posted("Active", "Closed/Left", { reason: "Moved away." }).body).toEqual({
      to: "Closed",
      outcome: "Left",
      reason: "Moved away.",
    });
  });

  test("no answer to another step's field goes along", () => {
    expect(posted("Notified", "UnderReview", { ruling: "uphold", outcome: "Worse" }).body).toEqual({
      to: "UnderReview",
    });
  });
});

test("of a wellness referral only three words can be recorded", () => {
  expect(progressOf("wellness_referral")).toEqual(["offered", "declined", "attended"]);
  expect(progressOf("mentor")).toEqual(["done", "cancelled"]);
});
