// The steps of a case as the desk offers them: exactly those that the API names as open to the reader, each with the fields
// that it takes. What the API does not name is not offered, and a word that the desk does not know is not guessed at.
import type { Case } from "../../api/personnel";

/** A field of a step's form. */
export type Field = "reason" | "disposition" | "suppress_until" | "outcome" | "into" | "ruling";

/** A step that is open. */
export interface Offer {
  /** The API's word: `Closed/Left` where a case can only be closed because the officer left. */
  readonly word: string;
  /** Key of its words in the string files. */
  readonly label: string;
  readonly fields: readonly Field[];
  /** Whether words of one's own are wanted. */
  readonly reason: "none" | "optional" | "wanted";
  /** Of a look after an intervention: in days after it, and the day from which it can be entered. */
  readonly check?: { readonly day: number; readonly due_on: string };
}

/** What is filled in. */
export type Answers = Readonly<Partial<Record<Field, string>>>;

export const DISPOSITIONS = ["NoAction", "DataError", "ContextExplained", "Intervention", "ReferIA"] as const;
export const OUTCOMES = ["Improved", "NoChange", "Worse", "Left"] as const;
export const RULINGS = ["correct", "uphold"] as const;
export const KINDS = [
  "coaching",
  "mentor",
  "training",
  "ride_along",
  "peer_support",
  "wellness_referral",
  "course",
  "assignment_review",
] as const;

/** Decisions with which the same reasons can be silenced for a while. */
const SUPPRESSING: readonly string[] = ["NoAction", "DataError", "ContextExplained"];

/** The steps that are open, in the API's order. Planning is not among them: it is a form of its own. */
export function offers(legal: readonly string[], found: Case): Offer[] {
  return legal.flatMap((word) => offer(word, found) ?? []);
}

/** Whether an intervention can be planned. */
export function mayPlan(legal: readonly string[]): boolean {
  return legal.includes("InterventionPlanned");
}

/** Whether the reader may record how an intervention went: as for planning, and while the case is not yet followed up. */
export function mayRecord(legal: readonly string[], state: string): boolean {
  return legal.length > 0 && (state === "InterventionPlanned" || state === "Active");
}

/** How an intervention may have gone. */
export function progressOf(kind: string): readonly string[] {
  return kind === "wellness_referral" ? ["offered", "declined", "attended"] : ["done", "cancelled"];
}

/** Whether an intervention has ended. */
export function hasEnded(progress: string): boolean {
  return progress !== "planned" && progress !== "offered";
}

function offer(word: string, found: Case): Offer | undefined {
  const simple = (label: string, reason: Offer["reason"] = "optional"): Offer => ({
    word,
    label,
    fields: ["reason"],
    reason,
  });
  switch (word) {
    case "UnderReview":
      if (found.state === "Disposition") return simple("give_back", "wanted");
      return simple(found.state === "OfficerResponse" ? "after_response" : "take_up");
    case "OfficerResponse":
      return simple("ask_officer");
    case "Disposition":
      return {
        word,
        label: "decide",
        fields: ["disposition", "reason", "suppress_until"],
        reason: "wanted",
      };
    case "SecondReview":
      return simple("agree");
    case "Active":
      return simple("begin");
    case "FollowUp":
      return followUp(found);
    case "Closed":
      return found.state === "FollowUp"
        ? { word, label: "close", fields: ["outcome", "reason"], reason: "wanted" }
        : simple("close_without");
    case "Closed/Left":
      return simple("close_left", "wanted");
    case "Reopened":
      return simple("reopen", "wanted");
    case "Merged":
      return { word, label: "merge", fields: ["into", "reason"], reason: "wanted" };
    case "Adjudicated":
      return { word, label: "rule", fields: ["ruling", "reason"], reason: "wanted" };
    default:
      return undefined;
  }
}

function followUp(found: Case): Offer {
  const next = (found.checks ?? []).find((check) => check.done_on === undefined);
  if (found.state !== "FollowUp" || next === undefined) {
    return { word: "FollowUp", label: "follow_up", fields: ["reason"], reason: "optional" };
  }
  return {
    word: "FollowUp",
    label: "look",
    fields: ["reason"],
    reason: "wanted",
    check: { day: next.day, due_on: next.due_on },
  };
}

/** Whether a decision can silence the same reasons until a day. */
export function maySuppress(answers: Answers): boolean {
  return SUPPRESSING.includes(answers.disposition ?? "");
}

/** What is still missing, by field; nothing where the step can be posted. */
export function missing(offered: Offer, answers: Answers): Field[] {
  const wanted = offered.fields.filter(
    (field) => field !== "suppress_until" && (field !== "reason" || offered.reason === "wanted"),
  );
  return wanted.filter((field) => (answers[field] ?? "").trim() === "");
}

/** Body of `POST /v1/alerts/{id}/transitions`. */
export function body(offered: Offer, answers: Answers): Record<string, string | number> {
  const [to = "", outcome] = offered.word.split("/");
  const asked: Record<string, string | number> = { to };
  if (outcome !== undefined) asked.outcome = outcome;
  if (offered.check !== undefined) asked.check = offered.check.day;
  for (const field of offered.fields) {
    const value = (answers[field] ?? "").trim();
    if (value !== "" && (field !== "suppress_until" || maySuppress(answers))) asked[field] = value;
  }
  return asked;
}
