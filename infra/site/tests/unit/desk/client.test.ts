// The way to the API: token, key, and each way in which it can go wrong told apart.
import { afterEach, describe, expect, test, vi } from "vitest";
import { Api, at } from "../../../desk/src/api/client";
import { ApiError } from "../../../desk/src/api/errors";

afterEach(() => vi.unstubAllGlobals());

function api(
  answer: Response | Error | ((init: RequestInit) => Promise<Response>),
  token: string | undefined = "T",
  renewal?: string,
) {
  const asked: { path: string; init: RequestInit }[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push({ path, init });
    if (typeof answer === "function") return answer(init);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  const told = { signedOut: 0, reached: [] as boolean[] };
  const connection = {
    token: () => token,
    renewed: () => Promise.resolve(renewal),
    onSignedOut: () => {
      told.signedOut += 1;
    },
    onReached: (reached: boolean) => void told.reached.push(reached),
  };
  return { api: new Api(connection, 20), asked, told };
}

async function troubleOf(answer: Response | Error): Promise<ApiError> {
  const error = await api(answer)
    .api.get("/v1/me")
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

test("what is asked carries token and key, and no address is built by hand", async () => {
  const { api: client, asked } = api(Response.json({}));
  await client.post(at("cases", "26/1?x", "messages"), { text: "a" }, { key: "k" });
  expect(asked[0]?.path).toBe("/v1/cases/26%2F1%3Fx/messages");
  expect(asked[0]?.init).toMatchObject({ method: "POST", body: '{"text":"a"}', redirect: "error" });
  expect(asked[0]?.init.headers).toMatchObject({ authorization: "Bearer T", "idempotency-key": "k" });
});

test("a query leaves out what is empty", async () => {
  const { api: client, asked } = api(Response.json({}));
  await client.get("/v1/updates", { state: "", kind: "survey", cursor: undefined });
  expect(asked[0]?.path).toBe("/v1/updates?kind=survey");
});

describe("trouble", () => {
  const table = [
    [400, "invalid", false],
    [401, "signed_out", true],
    [403, "forbidden", false],
    [404, "missing", false],
    [409, "conflict", false],
    [422, "invalid", false],
    [429, "unavailable", true],
    [500, "unavailable", true],
    [503, "unavailable", true],
  ] as const;
  test.each(table)("%i is %s", async (status, trouble, isUnsure) => {
    const error = await troubleOf(Response.json({ detail: "in words" }, { status }));
    expect([error.trouble, error.isUnsure, error.problem.detail]).toEqual([trouble, isUnsure, "in words"]);
  });
  test("no answer", async () => {
    const error = await troubleOf(new TypeError("Failed to fetch"));
    expect([error.trouble, error.isUnsure]).toEqual(["offline", true]);
  });
  test("an answer that is none", async () => {
    expect((await troubleOf(new Response("<html>captive portal</html>"))).trouble).toBe("odd");
    expect((await troubleOf(new Response("<html>", { status: 502 }))).trouble).toBe("unavailable");
  });
  test("too late", async () => {
    const never = (init: RequestInit) =>
      new Promise<Response>((_, reject) =>
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
      );
    const { api: client, told } = api(never);
    await expect(client.get("/v1/me")).rejects.toMatchObject({ trouble: "late", isUnsure: true });
    expect(told.reached).toEqual([false]);
  });
});

test("a refused token that can be renewed: the same request goes again, once", async () => {
  const bearer = ({ headers }: RequestInit) => (headers as Record<string, string>).authorization;
  const takes = (token: string) => (init: RequestInit) =>
    Promise.resolve(Response.json({}, { status: bearer(init) === `Bearer ${token}` ? 200 : 401 }));
  const { api: client, asked, told } = api(takes("U"), "T", "U");
  await client.post("/v1/pause", { scope: "all" }, { key: "k" });
  expect(asked.map(({ init }) => bearer(init))).toEqual(["Bearer T", "Bearer U"]);
  expect(asked[1]?.init.body).toBe(asked[0]?.init.body);
  expect(asked[1]?.init.headers).toMatchObject({ "idempotency-key": "k" });
  expect(told.signedOut).toBe(0);
  const neither = api(takes("V"), "T", "U");
  await expect(neither.api.get("/v1/me")).rejects.toMatchObject({ trouble: "signed_out" });
  expect([neither.asked.length, neither.told.signedOut]).toEqual([2, 1]);
});

test("a refused token ends the session, and without one nothing is asked", async () => {
  const refused = api(new Response("{}", { status: 401 }));
  await refused.api.get("/v1/me").catch(() => undefined);
  expect(refused.told.signedOut).toBe(1);
  vi.stubGlobal("fetch", () => expect.unreachable("asked without a token"));
  const told = vi.fn();
  const without = new Api({
    token: () => undefined,
    renewed: () => expect.unreachable("renewed without a token"),
    onSignedOut: told,
  });
  await expect(without.get("/v1/me")).rejects.toMatchObject({ trouble: "signed_out" });
  expect(told).toHaveBeenCalledOnce();
});
