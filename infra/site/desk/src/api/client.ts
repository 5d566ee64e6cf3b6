// The way to the staff API: bearer token, JSON, time limit, problem documents. Nothing else calls `fetch` for /v1.
import { ApiError, asApiError, type ProblemDocument, troubleOf } from "./errors";

/** Longest wait for an answer, in milliseconds: an API Gateway gives up after 29 seconds. */
const LONGEST_WAIT = 30_000;

export interface Connection {
  /** The token to send, if there is one. */
  token(): string | undefined;
  /** A token in place of the one that the API refused, if there is one to be had. */
  renewed(refused: string): Promise<string | undefined>;
  /** Told when the API takes no token. */
  onSignedOut(): void;
  /** Told after each request whether an answer came. */
  onReached?(reached: boolean): void;
}

export interface Sending {
  /** Header `Idempotency-Key`: the same for a repetition. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Path under /v1 from its parts, each escaped: `at("cases", number, "updates")`. */
export function at(...parts: readonly string[]): string {
  return `/v1/${parts.map(encodeURIComponent).join("/")}`;
}

export class Api {
  constructor(
    private readonly connection: Connection,
    private readonly wait: number = LONGEST_WAIT,
  ) {}

  get<T>(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
    const suffix = given.length > 0 ? `?${new URLSearchParams(given)}` : "";
    return this.send<T>("GET", path + suffix, undefined, signal ? { signal } : {});
  }

  post<T>(path: string, body: unknown, sending: Sending = {}): Promise<T> {
    return this.send<T>("POST", path, body, sending);
  }

  put<T>(path: string, body: unknown, sending: Sending = {}): Promise<T> {
    return this.send<T>("PUT", path, body, sending);
  }

  private async send<T>(method: string, path: string, body: unknown, sending: Sending): Promise<T> {
    const token = this.connection.token();
    if (token === undefined) {
      this.connection.onSignedOut();
      throw new ApiError("signed_out", 401);
    }
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (sending.key !== undefined) headers["idempotency-key"] = sending.key;
    const ask = (bearer: string) =>
      this.ask(path, method, { ...headers, authorization: `Bearer ${bearer}` }, body, sending.signal);
    let answer = await ask(token);
    // Refused before anything was done: it may go again, once.
    const next = answer.status === 401 ? await this.connection.renewed(token) : undefined;
    if (next !== undefined) answer = await ask(next);
    if (answer.status === 401) this.connection.onSignedOut();
    return read<T>(answer);
  }

  private async ask(
    path: string,
    method: string,
    headers: Record<string, string>,
    body: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const late = AbortSignal.timeout(this.wait);
    try {
      const answer = await fetch(path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, late]) : late,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
      });
      this.connection.onReached?.(true);
      return answer;
    } catch (error) {
      if (signal?.aborted) throw error;
      this.connection.onReached?.(false);
      throw new ApiError(late.aborted ? "late" : "offline", 0);
    }
  }
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text().catch((error: unknown) => {
    throw asApiError(error);
  });
  const value = parsed(text);
  if (!answer.ok) {
    const problem = typeof value === "object" && value !== null ? (value as ProblemDocument) : {};
    throw new ApiError(troubleOf(answer.status), answer.status, problem);
  }
  if (value === undefined) throw new ApiError("odd", answer.status);
  return value as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
