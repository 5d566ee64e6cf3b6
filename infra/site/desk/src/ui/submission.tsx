// Sending a form once. While it is not known whether the API took it, the same Idempotency-Key goes with every
// repetition, changed or not: the API then takes the first alone and refuses another under the same key. A definite
// answer, yes or no, ends the key.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../api/errors";
import { draftOf, dropDraft, keepDraft } from "../session/drafts";

export type Fields = Readonly<Record<string, string>>;

export interface Form<F extends Fields> {
  readonly fields: F;
  set(changes: Partial<F>): void;
  /** Empties the form and forgets the draft. */
  clear(): void;
  /** Whether what stands in it was kept from before, untouched. */
  readonly isRestored: boolean;
  readonly name: string;
}

/** Fields that are kept as a draft under `name`; those in `unkept` (addresses, names) never leave the page. */
export function useForm<F extends Fields>(
  name: string,
  empty: F,
  unkept: readonly (keyof F)[] = [],
): Form<F> {
  const [restored] = useState(() => draftOf(name));
  const [isRestored, setRestored] = useState(restored !== undefined);
  const [fields, setFields] = useState<F>(() => ({ ...empty, ...restored?.fields }) as F);
  const blank = useRef(empty);
  const hidden = useRef(unkept);
  const latest = useRef(fields);
  const set = useCallback(
    (changes: Partial<F>) => {
      latest.current = { ...latest.current, ...changes };
      setRestored(false);
      setFields(latest.current);
      const kept = Object.entries(latest.current).filter(([field]) => !hidden.current.includes(field));
      const key = draftOf(name)?.key;
      keepDraft(name, { fields: Object.fromEntries(kept), ...(key ? { key } : {}) });
    },
    [name],
  );
  const clear = useCallback(() => {
    dropDraft(name);
    latest.current = blank.current;
    setFields(blank.current);
  }, [name]);
  return { fields, set, clear, name, isRestored };
}

export type Sent<T> =
  | { readonly state: "idle" }
  | { readonly state: "sending" }
  | { readonly state: "done"; readonly answer: T }
  /** Not known whether it arrived. */
  | { readonly state: "unsure"; readonly error: ApiError }
  | { readonly state: "refused"; readonly error: ApiError };

export interface Submission<B, T> {
  readonly sent: Sent<T>;
  send(body: B): Promise<T | undefined>;
  /** The last body again, under its key. */
  again(): void;
  reset(): void;
}

/**
 * Sends bodies through `send` under a key that is kept with the draft `name`; by itself again once the connection is back.
 * `onDone` is told the answer and the body that it is for, however often that was sent.
 */
export function useSubmission<B, T>(
  name: string,
  send: (body: B, key: string) => Promise<T>,
  onDone?: (answer: T, body: B) => void,
): Submission<B, T> {
  const [sent, setSent] = useState<Sent<T>>({ state: "idle" });
  const last = useRef<{ body: B } | undefined>(undefined);
  const busy = useRef(false);
  const key = useRef(draftOf(name)?.key);
  const act = useRef(send);
  act.current = send;
  const done = useRef(onDone);
  done.current = onDone;
  const remember = useCallback(
    (next: string | undefined) => {
      key.current = next;
      const fields = draftOf(name)?.fields ?? {};
      if (next !== undefined) keepDraft(name, { fields, key: next });
      else if (Object.keys(fields).length > 0) keepDraft(name, { fields });
      else dropDraft(name);
    },
    [name],
  );
  const start = useCallback(
    async (body: B) => {
      if (busy.current) return undefined;
      busy.current = true;
      last.current = { body };
      remember(key.current ?? crypto.randomUUID());
      setSent({ state: "sending" });
      try {
        const answer = await act.current(body, key.current ?? "");
        remember(undefined);
        setSent({ state: "done", answer });
        done.current?.(answer, body);
        return answer;
      } catch (thrown) {
        const error = asApiError(thrown);
        if (!error.isUnsure) remember(undefined);
        setSent({ state: error.isUnsure ? "unsure" : "refused", error });
        return undefined;
      } finally {
        busy.current = false;
      }
    },
    [remember],
  );
  const again = useCallback(() => {
    if (last.current) void start(last.current.body);
  }, [start]);
  const isWaiting = sent.state === "unsure" && sent.error.trouble === "offline";
  useEffect(() => {
    if (!isWaiting) return;
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, [isWaiting, again]);
  const reset = useCallback(() => setSent({ state: "idle" }), []);
  return { sent, send: start, again, reset };
}
