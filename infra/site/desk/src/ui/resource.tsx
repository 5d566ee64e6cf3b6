// Reading something from the API, with the states that this has: under way, slow, there, not there, there but old.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../api/errors";
import { useDesk } from "../shell/desk";
import { Trouble } from "./trouble";

export interface Resource<T> {
  readonly value?: T;
  readonly error?: ApiError;
  readonly isLoading: boolean;
  /** When the value was read, by the API's clock. */
  readonly readAt?: Date;
  /** Reads again; what is shown stays until the answer comes. */
  reload(): void;
}

/** Reads when `key` changes, and again at `reload`. Another key forgets what the one before answered. */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const { now } = useDesk();
  const [state, setState] = useState<Reading<T>>({ key, isLoading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const stop = new AbortController();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    latest.current(stop.signal).then(
      (value) => stop.signal.aborted || setState({ key, value, isLoading: false, readAt: now() }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const why = asApiError(error);
        // What was shown stays where nothing is known; a definite no takes it away.
        setState((old) => ({ ...(why.isUnsure ? old : {}), key, error: why, isLoading: false }));
      },
    );
    return () => stop.abort();
  }, [key, round, now]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    addEventListener("online", reload);
    return () => removeEventListener("online", reload);
  }, [reload]);
  if (state.key !== key) return { isLoading: true, reload };
  const { key: _, ...rest } = state;
  return { ...rest, reload };
}

type Reading<T> = Omit<Resource<T>, "reload"> & { readonly key: string };

/** How often a list that changes by itself is read again, in milliseconds; each reading is a line in the audit trail. */
const FRESH = 60_000;

/** Reads again every minute while somebody can see it. */
export function useFresh(reload: () => void, isWanted = true): void {
  useEffect(() => {
    if (!isWanted) return;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), FRESH);
    return () => clearInterval(timer);
  }, [reload, isWanted]);
}

interface LoadedProps<T> {
  of: Resource<T>;
  children: (value: T) => ComponentChildren;
}

/** The value once it is there; before that, or instead of it, what is the matter. */
export function Loaded<T>({ of, children }: LoadedProps<T>) {
  const { value, error, isLoading, reload } = of;
  return (
    <div class="loaded" aria-busy={isLoading}>
      {error && <Trouble error={error} retry={reload} isOld={value !== undefined} />}
      {value === undefined ? isLoading && !error && <Busy /> : children(value)}
    </div>
  );
}

/** Lines in the place of what is coming; says so when it takes long. */
export function Busy() {
  const { t } = useDesk();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 4_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="busy" role="status">
      <span class={slow ? "" : "unseen"}>{t(slow ? "common.slow" : "common.loading")}</span>
      <span class="busy-line" />
      <span class="busy-line" />
      <span class="busy-line" />
    </div>
  );
}
