// What can go wrong between the desk and the API, as one type: a view shows what kind it is, and whether trying again helps.

/** One fault of a problem document. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Something to do instead of what was refused. */
export interface Choice {
  readonly choice: string;
  readonly detail: string;
}

/** RFC 9457, with the members that the staff API adds. */
export interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly reason?: string;
  readonly until?: string;
  readonly choices?: readonly Choice[];
  readonly legal?: readonly unknown[];
}

/**
 * - `offline`: nothing came back, so it is not known whether the request arrived;
 * - `late`: the same, after the time allowed;
 * - `unavailable`: the API answered that it cannot now (429, 5xx);
 * - `signed_out`: the token is missing, expired or not accepted;
 * - `forbidden`, `missing`, `conflict`, `invalid`: the API's definite no;
 * - `odd`: an answer that is not of this API.
 */
export type Trouble =
  | "offline"
  | "late"
  | "unavailable"
  | "signed_out"
  | "forbidden"
  | "missing"
  | "conflict"
  | "invalid"
  | "odd";

/** A request that did not succeed. */
export class ApiError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly status: number,
    readonly problem: ProblemDocument = {},
  ) {
    super(problem.detail ?? trouble);
    this.name = "ApiError";
  }

  /** Whether the request may have been taken although no answer says so: repeat it under the same key. */
  get isUnsure(): boolean {
    return UNSURE.has(this.trouble);
  }
}

const UNSURE: ReadonlySet<Trouble> = new Set(["offline", "late", "unavailable", "signed_out", "odd"]);

/** The kind of trouble behind a status. */
export function troubleOf(status: number): Trouble {
  switch (status) {
    case 401:
      return "signed_out";
    case 403:
      return "forbidden";
    case 404:
      return "missing";
    case 409:
      return "conflict";
    case 400:
    case 413:
    case 415:
    case 422:
      return "invalid";
    default:
      return status === 429 || status >= 500 ? "unavailable" : "odd";
  }
}

/** Any thrown thing as an `ApiError`; what is none was a failure of the network. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("offline", 0);
}
