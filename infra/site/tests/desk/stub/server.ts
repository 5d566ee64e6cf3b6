// A stub of what serves the desk: the built page with the policy of a deployment, an identity provider that signs in whoever
// comes, and the staff API with fixed answers. For tests of what a healthy stack does not do: slow, failing, forgetting.
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Me } from "../../../desk/src/api/me";
import * as answers from "./answers";

/** Another build may be tried: DESK_DIST. */
const DIST = process.env.DESK_DIST ?? fileURLToPath(new URL("../../../dist-desk/", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
};
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
/** An answer of a test's own, `drop` for a connection that breaks, `undefined` for the usual one. */
type Planned =
  | Answer
  | "drop"
  | ((asked: { body: string; key: string | undefined }) => Answer | "drop" | undefined);

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly key: string | undefined;
}

/** Starts it; `state` may be changed by the test at any time, `seen` is what the API was asked. */
export async function start() {
  const state = {
    me: {} as Partial<Me>,
    /** Of a token, in seconds. */
    lifetime: 900,
    /** The person in the tokens. */
    subject: "sub-dana",
    /** What a refresh token gets; without, none is given out. */
    renewal: undefined as "token" | "refusal" | undefined,
    /** Whether the API takes the token given out last, and no older one. */
    newestOnly: false,
    answers: new Map<string, Planned>(),
  };
  /** Tokens given out; refresh tokens asked with; refresh tokens given back. */
  const provided = { tokens: [] as string[], renewals: [] as string[], revoked: [] as string[] };
  const seen: Asked[] = [];
  const codes = new Map<string, string | null>();
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${url}/_local/oidc`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    `connect-src 'self' ${issuer}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  return { url, state, seen, provided, close: () => server.close() };

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    const body = await text(request);
    if (pathname.startsWith("/_local/oidc/"))
      return provider(pathname.slice(12), searchParams, body, response);
    if (pathname.startsWith("/v1/")) return api(request, pathname, body, response);
    if (pathname === "/desk/config.json") return json(response, 200, { issuer, client_id: "desk" });
    const name = pathname.slice("/desk/".length) || "index.html";
    const file = await readFile(DIST + name).catch(() => undefined);
    if (!pathname.startsWith("/desk/") || name.includes("..") || file === undefined) {
      return response.writeHead(404).end();
    }
    // Compressed and kept as from the distribution of a deployment, so that what a browser fetches can be counted.
    response.writeHead(200, {
      "content-type": TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
      "content-encoding": "gzip",
      "cache-control": name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-store",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    response.end(gzipSync(file));
  }

  function provider(path: string, query: URLSearchParams, body: string, response: ServerResponse) {
    if (path === "/.well-known/openid-configuration") {
      return json(response, 200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        end_session_endpoint: `${issuer}/logout`,
        revocation_endpoint: `${issuer}/revoke`,
        id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (path === "/authorize") {
      const code = randomUUID();
      codes.set(code, query.get("nonce"));
      const back = new URL(query.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", query.get("state") ?? "");
      return response.writeHead(302, { location: back.href }).end();
    }
    if (path === "/logout") {
      return response.writeHead(302, { location: query.get("post_logout_redirect_uri") ?? "" }).end();
    }
    const form = new URLSearchParams(body);
    if (path === "/revoke") {
      provided.revoked.push(form.get("token") ?? "");
      return response.writeHead(200).end();
    }
    if (form.get("grant_type") === "refresh_token") {
      provided.renewals.push(form.get("refresh_token") ?? "");
      return state.renewal === "token" ? grant(null, response) : refuse(response);
    }
    const nonce = codes.get(form.get("code") ?? "");
    if (path !== "/token" || nonce === undefined) return refuse(response);
    return grant(nonce, response);
  }

  function grant(nonce: string | null, response: ServerResponse) {
    const token = jwt(nonce);
    provided.tokens.push(token);
    return json(response, 200, {
      access_token: token,
      id_token: token,
      token_type: "Bearer",
      expires_in: state.lifetime,
      ...(state.renewal === undefined ? {} : { refresh_token: `refresh-${provided.tokens.length}` }),
    });
  }

  function jwt(nonce: string | null) {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    // The stub's clock stands on another day, as a demonstration's does.
    const now = Math.floor(Date.parse(answers.NOW) / 1000);
    const jti = randomUUID();
    const ours = { iss: issuer, aud: "desk", sub: state.subject, iat: now, exp: now + state.lifetime, jti };
    const claims = nonce === null ? ours : { ...ours, nonce };
    const signed = `${part({ alg: "RS256", typ: "JWT", kid: "stub" })}.${part(claims)}`;
    const tag = sign("sha256", Buffer.from(signed), keys.privateKey);
    return `${signed}.${tag.toString("base64url")}`;
  }

  async function api(request: IncomingMessage, path: string, body: string, response: ServerResponse) {
    const { method = "", url: address = "", headers } = request;
    const key = headers["idempotency-key"]?.toString();
    seen.push({ method, path: address, body, key });
    const isNewest = headers.authorization === `Bearer ${provided.tokens.at(-1)}`;
    if (headers.authorization === undefined || (state.newestOnly && !isNewest)) {
      return json(response, 401, { status: 401, detail: "no token" });
    }
    const planned = state.answers.get(`${method} ${path}`);
    if (planned !== undefined) {
      const answer = typeof planned === "function" ? planned({ body, key }) : planned;
      if (answer === "drop") return request.socket.destroy();
      if (answer !== undefined) return json(response, answer.status, answer.body);
    }
    return usual(`${method} ${path}`, body === "" ? {} : JSON.parse(body), response);
  }

  function usual(
    what: string,
    body: { text: string; person?: string; outcome?: string; preview?: boolean },
    response: ServerResponse,
  ) {
    if (what === "GET /v1/me") return json(response, 200, answers.me(state.me));
    if (what === "GET /v1/updates") return json(response, 200, answers.updates);
    if (what === "POST /v1/updates/search") {
      return json(response, 200, { address: "…0123", updates: answers.updates.updates.slice(3, 6) });
    }
    if (/^GET \/v1\/(cases|incidents)\/[^/]+\/updates$/.test(what))
      return json(response, 200, answers.record);
    if (/\/messages$/.test(what)) {
      if (body.preview) return json(response, 200, answers.preview(body));
      return json(response, 202, { person: body.person, ways: [{ channel: "text", state: "pending" }] });
    }
    if (/\/people$/.test(what)) return json(response, 201, { case_number: "26-1234", person: "staff-1" });
    if (/\/release$/.test(what))
      return json(response, 200, { case_number: "26-1234", released_at: answers.NOW });
    if (/contacts/.test(what)) return json(response, 200, answers.contact);
    if (what === "GET /v1/tasks") return json(response, 200, answers.tasks);
    if (/\/done$/.test(what))
      return json(response, 200, { id: "t", outcome: body.outcome, done_at: answers.NOW });
    if (what === "POST /v1/pause") return json(response, 200, { in_force: [] });
    return json(response, 404, { status: 404, title: "Not found", detail: "there is no such thing" });
  }
}

/** As a token endpoint says no: RFC 6749, section 5.2. */
function refuse(response: ServerResponse) {
  response.writeHead(400, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify({ error: "invalid_grant" }));
}

function json(response: ServerResponse, status: number, body: unknown) {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
