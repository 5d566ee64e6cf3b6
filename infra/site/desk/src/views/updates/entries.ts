// Decisions and messages of a call or case, put together: one entry for each kind, person and way, with everything that was
// decided about it, newest entry first. Pure, so that nothing withheld can get lost unnoticed.
import type { Channel, Decision, Message, Person, RecordOf, State } from "../../api/updates";

/**
 * Each person once: who is in a case and in its call (`call.p1`) with the same addresses is shown as the one of the case.
 */
export function distinct(people: readonly Person[]): readonly Person[] {
  const reached = (person: Person) => (person.addresses ?? []).join();
  const own = new Set(people.filter((one) => !isOfCall(one)).map(reached));
  return people.filter((one) => !isOfCall(one) || reached(one) === "" || !own.has(reached(one)));
}

function isOfCall(person: Person): boolean {
  return person.id.startsWith("call.");
}

/** Something that happened to an entry. */
export interface Happening {
  readonly at: string;
  readonly state: State;
  readonly reason?: string;
  readonly until?: string;
  /** The rule that decided; absent where the provider or the sender did. */
  readonly rule?: string;
}

export interface Entry {
  readonly key: string;
  readonly kind: string;
  readonly person: string;
  readonly channel: Channel;
  /** When it was last heard of. */
  readonly at: string;
  readonly state: State;
  readonly reason?: string;
  readonly until?: string;
  readonly message?: Message;
  /** Oldest first. */
  readonly course: readonly Happening[];
}

export function entries(record: RecordOf): readonly Entry[] {
  const found = new Map<string, { decisions: Decision[]; message?: Message }>();
  const of = (key: string) => {
    const known = found.get(key) ?? { decisions: [] };
    found.set(key, known);
    return known;
  };
  for (const decision of record.decisions) of(keyOf(decision)).decisions.push(decision);
  for (const message of record.messages) of(keyOf(message)).message = message;
  const all = [...found].map(([key, { decisions, message }]) => entry(key, decisions, message));
  return all.sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || a.key.localeCompare(b.key));
}

function keyOf({ kind, ordinal, person, channel }: Decision | Message): string {
  return JSON.stringify([kind, ordinal, person, channel]);
}

function entry(key: string, decisions: readonly Decision[], message: Message | undefined): Entry {
  const course = courseOf(decisions, message);
  const last = course.at(-1);
  const source = message ?? decisions[0];
  if (source === undefined || last === undefined)
    throw new Error("an entry comes of a decision or a message");
  const { kind, person, channel } = source;
  // A message's own state is the last word: decisions may come late for what has gone.
  const { state, reason } = message ?? last;
  const until = state === "deferred" ? course.findLast((one) => one.until !== undefined)?.until : undefined;
  return {
    key,
    kind,
    person,
    channel,
    at: last.at,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
    ...(message === undefined ? {} : { message }),
    course,
  };
}

function courseOf(decisions: readonly Decision[], message: Message | undefined): readonly Happening[] {
  const decided: Happening[] = decisions.map(({ decided_at, state, reason, until, rule }) => ({
    at: decided_at,
    state,
    rule,
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  }));
  const steps: Happening[] = (message?.history ?? []).filter(
    (step) => !decided.some((one) => one.at === step.at && one.state === step.state),
  );
  if (message !== undefined && steps.length === 0 && decided.length === 0) {
    const { created_at, state, reason } = message;
    steps.push({ at: created_at, state, ...(reason === undefined ? {} : { reason }) });
  }
  return [...decided, ...steps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
