// Who is signed in, as far as this page is concerned: from the provider's redirect until nobody renews the token. Tokens are
// short, so that who is locked out at the provider is soon locked out here; whoever works gets the next without noticing.
import { ApiError } from "../api/errors";
import { dropAllDrafts } from "./drafts";
import {
  type Config,
  type Grant,
  isAnswer,
  isRefusal,
  leaveToSignIn,
  leaveToSignOut,
  loadConfig,
  renew,
  takeAnswer,
} from "./oidc";

/** The next token is asked for this long before one ends, in seconds; without an answer, the reader is asked to sign in. */
const EARLY = 60;
/** A provider that does not answer is asked again after as many milliseconds, as often: both together are within EARLY. */
const PAUSE = 15_000;
const TRIES = 3;
/**
 * Nobody touched the page for as many milliseconds: no next token. The CJIS Security Policy locks a device after 30
 * minutes (AC-11); a provider's refresh token may hold for a day.
 */
const IDLE = 30 * 60_000;
/**
 * Set while the reader has signed out by will, so that the page does not sign in again by itself: "leaving" on the way to the
 * provider, "open" when that could not be asked, "yes" when it has sent the reader back.
 */
const LEFT = "desk-signed-out";

export type Phase =
  | { readonly phase: "starting" }
  /** Nothing of the reader is left here; the provider is being asked to end its session too. */
  | { readonly phase: "signing_out" }
  /** `isOpen`: the provider could not be asked, so that its session may let in whoever comes next. */
  | { readonly phase: "signed_out"; readonly isOpen?: true }
  | { readonly phase: "signed_in" }
  /** The page stands as it was, drafts kept; the API takes no more. */
  | { readonly phase: "expired" }
  | { readonly phase: "failed"; readonly why: string };

export class Session {
  #phase: Phase = { phase: "starting" };
  #grant: Grant | undefined;
  #config: Config | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewal: Promise<void> | undefined;
  #tries = TRIES;
  #touched = Date.now();

  constructor(private readonly onPhase: (phase: Phase) => void) {}

  /** Somebody is at the page. */
  touch(): void {
    this.#touched = Date.now();
  }

  /** The token, while it holds. */
  token(): string | undefined {
    return this.#phase.phase === "signed_in" ? this.#grant?.token : undefined;
  }

  /** What the provider calls the person. */
  get name(): string | undefined {
    return this.#grant?.name;
  }

  /** Reads the provider's answer, or leaves for the provider. */
  async start(): Promise<void> {
    try {
      this.#config = await loadConfig();
      if (isAnswer()) this.#take(await takeAnswer(this.#config));
      else if (mustAskAgain()) await this.signOut();
      else if (sessionStorage.getItem(LEFT) !== null) this.#out();
      else await leaveToSignIn(this.#config, location.hash);
    } catch (error) {
      this.#enter({ phase: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** The browser shows the page as it was left for the provider, by "back": what was begun is done again. */
  backFromProvider(): void {
    if (this.#phase.phase === "starting") void this.start();
    if (this.#phase.phase === "signing_out") void this.signOut();
  }

  #take(grant: Grant): void {
    if (grant.place !== "") history.replaceState(null, "", grant.place);
    this.#hold(grant);
    this.#enter({ phase: "signed_in" });
  }

  #hold(grant: Grant): void {
    this.#grant = grant;
    this.#tries = TRIES;
    clearTimeout(this.#timer);
    // setTimeout counts no further than 24 days.
    const wait = Math.min(Math.max(grant.lifetime - EARLY, 1) * 1000, 2 ** 31 - 1);
    this.#timer = setTimeout(() => void this.#renewOnce(), wait);
  }

  /** A token in place of one that the API refused (the computer slept, say); the session ends where there is none. */
  async renewed(refused: string): Promise<string | undefined> {
    if (this.token() === refused) await this.#renewOnce();
    if (this.token() === refused) this.expire();
    return this.token();
  }

  /** Whoever asks while the provider is being asked waits for the same answer. */
  #renewOnce(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<void> {
    const [grant, config] = [this.#grant, this.#config];
    const isIdle = Date.now() - this.#touched > IDLE;
    if (!grant?.refresh || !config || isIdle) return this.expire();
    try {
      const next = await renew(config, grant, grant.refresh);
      if (this.#grant === grant) this.#hold(next);
    } catch (error) {
      if (this.#grant !== grant) return;
      this.#tries -= 1;
      if (isRefusal(error) || this.#tries <= 0) this.expire();
      else this.#timer = setTimeout(() => void this.#renewOnce(), PAUSE);
    }
  }

  /** The token ended, or the API takes it no longer. */
  expire(): void {
    if (this.#phase.phase !== "signed_in") return;
    clearTimeout(this.#timer);
    this.#grant = undefined;
    this.#enter({ phase: "expired" });
  }

  /** To the provider, and back to the same view. */
  async signIn(): Promise<void> {
    try {
      sessionStorage.removeItem(LEFT);
      this.#config ??= await loadConfig();
      await leaveToSignIn(this.#config, location.hash);
    } catch (error) {
      if (this.#phase.phase === "expired") throw new ApiError("offline", 0);
      this.#enter({ phase: "failed", why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Out of this page at once; "signed out" is said when the provider has sent the reader back. */
  async signOut(): Promise<void> {
    clearTimeout(this.#timer);
    const refresh = this.#grant?.refresh;
    this.#grant = undefined;
    dropAllDrafts();
    sessionStorage.setItem(LEFT, "leaving");
    history.replaceState(null, "", location.pathname);
    this.#enter({ phase: "signing_out" });
    try {
      this.#config ??= await loadConfig();
      if (!(await leaveToSignOut(this.#config, refresh))) this.#out();
    } catch {
      sessionStorage.setItem(LEFT, "open");
      this.#enter({ phase: "signed_out", isOpen: true });
    }
  }

  #out(): void {
    sessionStorage.setItem(LEFT, "yes");
    this.#enter({ phase: "signed_out" });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.onPhase(phase);
  }
}

/** Whether the reader left, and the provider does not know it yet. */
function mustAskAgain(): boolean {
  const left = sessionStorage.getItem(LEFT);
  return left === "open" || (left === "leaving" && isShownAgain());
}

/** Whether the browser shows the page anew (reload, back) rather than that an address led here, such as the provider's. */
function isShownAgain(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return entry !== undefined && entry.type !== "navigate";
}
