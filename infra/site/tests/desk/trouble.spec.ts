// What a healthy stack does not do: tokens that end, answers that are late, wrong or lost. Nothing may be lost or sent twice.
import type { Page } from "@playwright/test";
import { cut, expect, hold, open, reload, test } from "./desk";

const MESSAGES = "POST /v1/cases/26-1234/messages";
const TEXT = "Please bring the papers.";

async function write(page: Page) {
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill(TEXT);
}

test("a token that ends: what was written is there after signing in again", async ({ page, stub }) => {
  await page.clock.install();
  await open(page, stub, "/cases/26-1234");
  await write(page);
  await expect(page.getByText("Goes out now")).toBeVisible();
  await page.clock.fastForward("14:00"); // A minute before its end it counts as ended.
  await expect(page.getByRole("alert")).toContainText("Your sign-in has ended.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("You have to sign in again.")).toBeVisible();
  await page.getByRole("button", { name: "Sign in again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0); // The page that said it is gone.
  await expect(page.locator("h1")).toHaveText("Case 26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await expect(page.getByLabel("Your words")).toHaveValue(TEXT);
  await expect(page.getByText("This is what you were writing before.")).toBeVisible();
});

test("a token that the API refuses is asked for again", async ({ page, stub, watch }) => {
  watch.expected.push(/401/);
  await open(page, stub, "/tasks");
  stub.state.answers.set("GET /v1/updates", { status: 401, body: { status: 401, title: "Unauthorized" } });
  await page.getByRole("link", { name: "Today’s updates" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Your sign-in has ended.");
});

test("a slow API: the page says that it waits", async ({ page, stub }) => {
  await page.clock.install();
  await open(page, stub, "/tasks");
  const held = await hold(page, "**/v1/updates?*");
  await page.getByRole("link", { name: "Today’s updates" }).click();
  await expect(page.locator(".loaded")).toHaveAttribute("aria-busy", "true");
  await page.clock.fastForward("00:05");
  await expect(page.getByText("This takes longer than usual.")).toBeVisible();
  held.release();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
});

test("a failing API: its own words, and trying again helps", async ({ page, stub, watch }) => {
  watch.expected.push(/503/);
  stub.state.answers.set("GET /v1/updates", {
    status: 503,
    body: { status: 503, detail: "the table is restored, wait" },
  });
  await open(page, stub, "/updates");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("The server cannot do this right now.");
  await expect(alert).toContainText("the table is restored, wait");
  stub.state.answers.clear();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(alert).toHaveCount(0);
});

test("what was shown stays while it cannot be read again, and says so", async ({ page, stub, watch }) => {
  watch.expected.push(/500/);
  await open(page, stub, "/tasks");
  await expect(page.getByText("He is back please hurry")).toBeVisible();
  stub.state.answers.set("GET /v1/tasks", { status: 500, body: {} });
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByRole("alert")).toContainText("may be out of date");
  await expect(page.getByText("He is back please hurry")).toBeVisible();
  // A definite no takes it away.
  watch.expected.push(/403/);
  stub.state.answers.set("GET /v1/tasks", { status: 403, body: { detail: "not for your role" } });
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("He is back please hurry")).toHaveCount(0);
});

test("a connection that breaks: the same key goes again, even if the words changed meanwhile", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|422/);
  await open(page, stub, "/cases/26-1234");
  await write(page);
  await expect(page.getByText("Goes out now")).toBeVisible();
  let lost = 0;
  stub.state.answers.set(MESSAGES, ({ body }) => {
    if (JSON.parse(body).preview) return undefined;
    lost += 1;
    return "drop";
  });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("It is not known whether it arrived.")).toBeVisible();
  expect(lost).toBeGreaterThan(0);
  const sent = () =>
    stub.seen.filter(({ path, body }) => path.endsWith("/messages") && !JSON.parse(body).preview);
  const [first] = sent();
  expect(first?.key).toMatch(/^[0-9a-f-]{36}$/);

  // The API stored the first one and refuses other words under its key: the reader is told, and a new key follows.
  stub.state.answers.set(MESSAGES, ({ body, key }) => {
    if (JSON.parse(body).preview) return undefined;
    const isSame = key === first?.key && body === first?.body;
    if (isSame) return { status: 200, body: { person: "v", ways: [{ channel: "text", state: "accepted" }] } };
    const detail = "this Idempotency-Key was used for another message; take a new one";
    return { status: 422, body: { detail: "see errors", errors: [{ pointer: "", detail }] } };
  });
  await page.getByLabel("Your words").fill(`${TEXT} Today.`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("this Idempotency-Key was used for another message")).toBeVisible();
  expect(new Set(sent().map(({ key }) => key))).toEqual(new Set([first?.key]));

  stub.state.answers.delete(MESSAGES);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  expect(sent().at(-1)?.key).not.toBe(first?.key);
  await expect(page.getByLabel("Your words")).toHaveValue("");
});

test("sending the same again after a lost answer counts once", async ({ page, stub, watch }) => {
  watch.expected.push(/504/);
  await open(page, stub, "/cases/26-1234");
  await write(page);
  stub.state.answers.set(MESSAGES, ({ body }) => {
    if (JSON.parse(body).preview) return undefined;
    return { status: 504, body: {} };
  });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("button", { name: "Send the same again" })).toBeVisible();
  stub.state.answers.delete(MESSAGES);
  await page.getByRole("button", { name: "Send the same again" }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  await expect(page.getByLabel("Your words")).toHaveValue("");
  const sent = stub.seen.filter(({ path, body }) => path.endsWith("/messages") && !JSON.parse(body).preview);
  expect(sent).toHaveLength(2);
  expect(sent[0]?.key).toBe(sent[1]?.key);
  expect(sent[0]?.body).toBe(sent[1]?.body);
});

test("an unsure message keeps its key over a new sign-in", async ({ page, stub, watch }) => {
  watch.expected.push(/504/);
  await open(page, stub, "/cases/26-1234");
  await write(page);
  stub.state.answers.set(MESSAGES, ({ body }) =>
    JSON.parse(body).preview ? undefined : { status: 504, body: {} },
  );
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("It is not known whether it arrived.")).toBeVisible();
  stub.state.answers.delete(MESSAGES);
  await reload(page);
  await page.getByRole("button", { name: "Write a message" }).click();
  await expect(page.getByLabel("Your words")).toHaveValue(TEXT);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  const sent = stub.seen.filter(({ path, body }) => path.endsWith("/messages") && !JSON.parse(body).preview);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
});

test("no connection: a banner on every view, and reading again once it is back", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/ERR_INTERNET_DISCONNECTED/);
  // The other views are fetched a while after the first, so that they open without a connection.
  const fetched = page.waitForResponse(/assets\/tasks-.*\.js/);
  await open(page, stub, "/updates");
  await (await fetched).finished();
  await cut(page, true);
  await page.getByRole("link", { name: "Tasks" }).click();
  const banner = page.getByText("What is shown may be out of date. What you write is kept.");
  await expect(banner).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("No connection to the server.");
  await cut(page, false); // Nobody has to press anything.
  await expect(page.getByText("He is back please hurry")).toBeVisible();
  await expect(banner).toHaveCount(0);
});

test("the browser's own word that it is offline counts too", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  const say = (isOnline: boolean) =>
    page.evaluate((online) => {
      Object.defineProperty(navigator, "onLine", { get: () => online, configurable: true });
      dispatchEvent(new Event(online ? "online" : "offline"));
    }, isOnline);
  await say(false);
  await expect(page.getByText("This computer is offline.")).toBeVisible();
  await say(true);
  await expect(page.getByText("This computer is offline.")).toHaveCount(0);
});

test("a captive portal is not taken for an answer", async ({ page, stub }) => {
  await open(page, stub, "/tasks");
  await page.route("**/v1/updates?*", (route) =>
    route.fulfill({ contentType: "text/html", body: "<h1>Hotel</h1>" }),
  );
  await page.getByRole("link", { name: "Today’s updates" }).click();
  await expect(page.getByRole("alert")).toContainText("an answer that the desk does not understand");
});

test("no sign-in page to reach: said, and tried again", async ({ page, stub, watch }) => {
  watch.expected.push(/503/);
  await page.route("**/.well-known/**", (route) => route.fulfill({ status: 503 }));
  await page.goto(`${stub.url}/desk/`);
  await expect(page.getByRole("alert")).toContainText("Signing in did not work.");
  await page.unroute("**/.well-known/**");
  await page.getByRole("button", { name: "Sign in again" }).click();
  await expect(page.locator("h1")).toHaveText("Today’s updates");
});
