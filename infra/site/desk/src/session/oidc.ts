// Signing in at the department's own provider: OpenID Connect, authorization code with PKCE. The tokens live in the memory of
// this page alone. What the redirect needs (verifier, state, nonce, where the reader was) lies in the tab's storage until the
// answer is read, and no longer.
import * as oauth from "oauth4webapi";

export interface Config {
  readonly issuer: string;
  readonly client_id: string;
  readonly scope?: string;
  /** Which token the API takes; the access token unless said otherwise. */
  readonly token?: "access_token" | "id_token";
}

export interface Grant {
  readonly token: string;
  /** How long it holds, in seconds from now: durations, because the provider's clock and this one may differ. */
  readonly lifetime: number;
  /** What the next token is asked for with, where the provider gives that out. */
  readonly refresh?: string;
  /** The provider's name for the person. */
  readonly subject: string;
  /** What the provider calls the person, if it does. */
  readonly name?: string;
  /** Fragment at which the reader was. */
  readonly place: string;
}

interface Journey {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly place: string;
}

const JOURNEY = "desk-sign-in";
/** Of a token whose lifetime nobody told, in seconds. */
const SHORT = 300;
/** For an answer of the provider, in milliseconds: who waits longer takes it for a dead button. */
const PATIENCE = 15_000;

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("config.json", { cache: "no-store", credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  const config: unknown = await answer.json();
  if (!isConfig(config)) throw new Error("config.json: issuer and client_id must be texts");
  return config;
}

function isConfig(value: unknown): value is Config {
  const config = value as Partial<Config> | null;
  return typeof config?.issuer === "string" && typeof config.client_id === "string";
}

/** The page's own address without query and fragment, as registered at the provider. */
export function ownAddress(): string {
  return `${location.origin}${location.pathname.replace(/index\.html$/, "")}`;
}

/** http is for the machine itself alone. */
function insecure(address: string) {
  const { protocol, hostname } = new URL(address);
  const isLoopback = hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";
  return { [oauth.allowInsecureRequests]: protocol === "http:" && isLoopback };
}

const patience = () => AbortSignal.timeout(PATIENCE);

async function provider(config: Config): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(config.issuer);
  const answer = await oauth.discoveryRequest(issuer, { ...insecure(config.issuer), signal: patience });
  return oauth.processDiscoveryResponse(issuer, answer);
}

/** Leaves for the provider's page. */
export async function leaveToSignIn(config: Config, place: string): Promise<void> {
  const server = await provider(config);
  if (server.authorization_endpoint === undefined)
    throw new Error("the provider names no authorization endpoint");
  const journey: Journey = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    place,
  };
  sessionStorage.setItem(JOURNEY, JSON.stringify(journey));
  const address = new URL(server.authorization_endpoint);
  const wanted = {
    client_id: config.client_id,
    redirect_uri: ownAddress(),
    response_type: "code",
    scope: config.scope ?? "openid email",
    state: journey.state,
    nonce: journey.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(wanted)) address.searchParams.set(name, value);
  location.assign(address);
}

/** Whether this page was opened by the provider's answer. */
export function isAnswer(): boolean {
  const query = new URLSearchParams(location.search);
  return query.has("state") && (query.has("code") || query.has("error"));
}

/** Takes the provider's answer out of the address and turns it into a grant. */
export async function takeAnswer(config: Config): Promise<Grant> {
  const answered = new URL(location.href);
  const kept = sessionStorage.getItem(JOURNEY);
  sessionStorage.removeItem(JOURNEY);
  history.replaceState(null, "", ownAddress());
  if (kept === null) throw new Error("no sign-in was under way in this tab");
  const journey = JSON.parse(kept) as Journey;
  const server = await provider(config);
  const client = clientOf(config);
  const params = oauth.validateAuthResponse(server, client, answered, journey.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    params,
    ownAddress(),
    journey.verifier,
    insecure(config.issuer),
  );
  const skew = await clockSkew(answer.clone());
  const granted = await oauth.processAuthorizationCodeResponse(
    server,
    { ...client, [oauth.clockSkew]: skew },
    answer,
    { expectedNonce: journey.nonce, requireIdToken: true },
  );
  const claims = oauth.getValidatedIdTokenClaims(granted);
  if (claims === undefined) throw new Error("the provider sent no ID token");
  const name = typeof claims.name === "string" && claims.name !== "" ? { name: claims.name } : {};
  return { ...chosen(config, granted), subject: claims.sub, ...name, place: journey.place };
}

/** The grant with a new token, asked for by its refresh token; only the same person gets one. */
export async function renew(config: Config, grant: Grant, refresh: string): Promise<Grant> {
  const server = await provider(config);
  const answer = await oauth.refreshTokenGrantRequest(server, clientOf(config), oauth.None(), refresh, {
    ...insecure(config.issuer),
    signal: patience,
  });
  const client = { ...clientOf(config), [oauth.clockSkew]: await clockSkew(answer.clone()) };
  const granted = await oauth.processRefreshTokenResponse(server, client, answer);
  const subject = oauth.getValidatedIdTokenClaims(granted)?.sub ?? grant.subject;
  if (subject !== grant.subject) throw new SomebodyElse();
  return { ...grant, ...chosen(config, granted) };
}

/** The provider answered with a token of another person. */
class SomebodyElse extends Error {}

/** Whether the provider said no, rather than nothing: asking again does not help. */
export function isRefusal(error: unknown): boolean {
  return error instanceof SomebodyElse || (error instanceof oauth.ResponseBodyError && error.status < 500);
}

function clientOf({ client_id }: Config): oauth.Client {
  return { client_id };
}

function chosen(config: Config, granted: oauth.TokenEndpointResponse) {
  const claims = oauth.getValidatedIdTokenClaims(granted);
  const byId = config.token === "id_token";
  const token = byId ? granted.id_token : granted.access_token;
  if (token === undefined) throw new Error("the provider sent no ID token");
  const lifetime = byId ? claims && claims.exp - claims.iat : granted.expires_in;
  // A provider that sends no new one leaves the old one good.
  const refresh = granted.refresh_token === undefined ? {} : { refresh: granted.refresh_token };
  return { token, lifetime: lifetime ?? SHORT, ...refresh };
}

/**
 * Seconds by which the provider's clock is ahead of this one. The token came straight from the provider, just now, so its
 * `iat` is the provider's present: a station computer whose clock is wrong must not keep a dispatcher out. The API checks
 * the expiry by its own clock at every request.
 */
async function clockSkew(answer: Response): Promise<number> {
  const body = (await answer.json().catch(() => ({}))) as { id_token?: unknown };
  const part = typeof body.id_token === "string" ? body.id_token.split(".")[1] : undefined;
  if (part === undefined) return 0;
  const claims = JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as { iat?: unknown };
  return typeof claims.iat === "number" ? claims.iat - Math.floor(Date.now() / 1000) : 0;
}

/**
 * Leaves to end the provider's session as well, without any token in the address; false where it does not offer that. The
 * refresh token is given back first; if that fails it is gone with this page all the same.
 */
export async function leaveToSignOut(config: Config, refresh: string | undefined): Promise<boolean> {
  const server = await provider(config);
  if (refresh !== undefined && server.revocation_endpoint !== undefined) {
    const options = { ...insecure(config.issuer), signal: patience };
    await oauth
      .revocationRequest(server, clientOf(config), oauth.None(), refresh, options)
      .catch(() => undefined);
  }
  const end = server.end_session_endpoint;
  if (end === undefined) return false;
  const address = new URL(end);
  address.searchParams.set("client_id", config.client_id);
  address.searchParams.set("post_logout_redirect_uri", ownAddress());
  address.searchParams.set("logout_uri", ownAddress()); // Cognito's name for the same
  location.assign(address);
  return true;
}
