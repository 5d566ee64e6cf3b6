// What an officer can write to a case, and whether what is about to be sent stands there already: a statement has no key of its own,
// so that one whose answer was lost is looked for before it is sent again.
import type { LogLine, OwnCase } from "../../api/personnel";

/** States in which the officer's answer is still heard before the decision. */
const OPEN: readonly string[] = ["Detected", "Notified", "UnderReview", "OfficerResponse"];

export interface Answerable {
  /** Whether a statement is heard before the decision. */
  readonly statement: boolean;
  /** Whether an objection can be filed: at any time, one at a time. */
  readonly contest: boolean;
}

export function answerable(found: OwnCase): Answerable {
  const waiting = found.contest !== undefined && found.contest.ruling === undefined;
  return { statement: OPEN.includes(found.state), contest: !waiting };
}

/** Whether the log holds these words as a statement or an objection already. */
export function isWritten(log: readonly LogLine[], words: string, contest: boolean): boolean {
  const act = contest ? "contested" : "statement";
  return log.some((line) => line.act.act === act && line.words?.trim() === words.trim());
}
