// Signing in, staying signed in, signing out: what is kept where, and what is said when.
import type { Page } from "@playwright/test";
import { asksWith, expect, hold, open, reload, type Stub, test } from "./desk";

test("signing in leaves nothing in the address, and no token in any storage", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await expect(page.locator("h1")).toHaveText("Case 26-1234");
  expect(page.url()).toBe(`${stub.url}/desk/#/cases/26-1234`);
  const kept = await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }));
  expect(kept.sort()).toEqual(["desk-drafts-of", "desk-theme"]);
  expect(await page.context().cookies()).toEqual([]);
  await expect(page).toHaveTitle("Case · Staff desk");
});

test("an answer that was not asked for is refused", async ({ page, stub }) => {
  await page.goto(`${stub.url}/desk/?code=stolen&state=x`);
  await expect(page.getByRole("alert")).toContainText("Signing in did not work");
  expect(page.url()).toBe(`${stub.url}/desk/`);
  expect(stub.seen).toEqual([]);
});

test("a state or nonce of another sign-in is refused", async ({ page, stub }) => {
  for (const [name, forge] of [
    ["state", (url: URL) => url.searchParams.set("state", "another")],
    ["nonce", (url: URL) => url.searchParams.set("nonce", "another")],
  ] as const) {
    await page.route("**/authorize?*", async (route) => {
      const url = new URL(route.request().url());
      forge(url);
      await route.continue({ url: url.href });
    });
    await page.goto(`${stub.url}/desk/`);
    await expect(page.getByRole("alert"), name).toContainText("Signing in did not work");
    await page.unroute("**/authorize?*");
  }
  expect(stub.seen).toEqual([]);
});

test("a reload signs in again and comes back to the same view", async ({ page, stub }) => {
  await open(page, stub, "/tasks");
  await reload(page);
  await expect(page.locator("h1")).toHaveText("Tasks");
  expect(page.url()).toBe(`${stub.url}/desk/#/tasks`);
});

test("who signs out stays out, and takes the drafts along", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("Your words").fill("Please bring the papers.");
  await leave(page);
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  const kept = await page.evaluate(() => Object.keys(sessionStorage));
  expect(kept).toEqual(["desk-signed-out"]);
  await reload(page);
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator("h1")).toHaveText("Today’s updates");
});

/** Signs out; what the provider's page then does is up to the test. */
async function leave(page: Page) {
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
}

test("signed out is said when the provider has ended its session, not before", async ({ page, stub }) => {
  await open(page, stub, "/tasks");
  const held = await hold(page, "**/openid-configuration");
  await leave(page);
  await expect(page.getByRole("status")).toHaveText("Signing out …");
  await expect(page.getByRole("button")).toHaveCount(0);
  await expect(page.locator("#view")).toHaveCount(0);
  held.release();
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
});

test("a provider that cannot be reached: its session may be open still, and the page says so", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/ERR_FAILED/);
  await open(page, stub, "/tasks");
  await page.route("**/openid-configuration", (route) => route.abort());
  await leave(page);
  await expect(page.getByRole("alert")).toContainText("whoever comes next may get in as you");
  await expect(page.locator("#view")).toHaveCount(0);
  await page.goto(`${stub.url}/desk/index.html`); // As by a bookmark, in the same tab.
  await expect(page.getByRole("alert")).toContainText("whoever comes next may get in as you");
  await page.unroute("**/openid-configuration");
  await page.getByRole("button", { name: "Sign out again" }).click();
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("back from the provider's page, the desk does not wait for ever", async ({ page, stub }) => {
  await open(page, stub, "/tasks");
  let left = 0;
  await page.route("**/logout?*", (route) => {
    left += 1;
    return route.fulfill({ status: 204 }); // Leaves the page where it is.
  });
  await leave(page);
  await expect.poll(() => left).toBe(1);
  await expect(page.getByRole("status")).toHaveText("Signing out …");
  await page.unroute("**/logout?*");
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
});

test("a reload on the way out asks the provider again, and does not say signed out by itself", async ({
  page,
  stub,
}) => {
  await open(page, stub, "/tasks");
  let left = 0;
  await page.route("**/logout?*", (route) => {
    left += 1;
    return left === 1 ? route.fulfill({ status: 204 }) : route.continue();
  });
  await leave(page);
  await expect.poll(() => left).toBe(1);
  await reload(page);
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  expect(left).toBe(2);
  await reload(page);
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  expect(left).toBe(2);
});

/** When the next token is asked for, of one that holds as long as a deployment's. */
const NEARLY = "14:00";

/** Opens the tasks with a refresh token in hand, and time in the test's; nothing is under way when it returns. */
async function openForRenewal(page: Page, stub: Stub, renewal: "token" | "refusal") {
  await page.clock.install();
  stub.state.renewal = renewal;
  await open(page, stub, "/tasks");
  await expect(page.getByText("He is back please hurry")).toBeVisible();
}

test("while somebody works the token is renewed, and nobody notices", async ({ page, stub }) => {
  await openForRenewal(page, stub, "token");
  await page.clock.fastForward(NEARLY);
  await expect.poll(() => stub.provided.tokens.length).toBe(2);
  await asksWith(page, stub.provided.tokens[1]);
  stub.state.newestOnly = true;
  await page.getByRole("link", { name: "Today’s updates" }).click();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(stub.provided.renewals).toEqual(["refresh-1"]);
});

test("a computer that slept over the end of its token: what is asked goes again", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/401/);
  stub.state.renewal = "token";
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill("Please bring the papers.");
  await expect(page.locator(".preview blockquote")).toBeVisible();
  stub.provided.tokens.push("another"); // As if those before were over.
  stub.state.newestOnly = true;
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  const sent = stub.seen.filter(({ path, key }) => path.endsWith("/messages") && key !== undefined);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  expect(stub.provided.renewals).toEqual(["refresh-1"]);
});

test("who is locked out at the provider gets no next token", async ({ page, stub, watch }) => {
  watch.expected.push(/400/);
  await openForRenewal(page, stub, "refusal");
  await page.clock.fastForward(NEARLY);
  await expect(page.getByRole("alert")).toContainText("Your sign-in has ended.");
  expect(stub.provided.renewals).toEqual(["refresh-1"]);
});

test("a provider that breaks off is asked again", async ({ page, stub, watch }) => {
  watch.expected.push(/ERR_FAILED/);
  await openForRenewal(page, stub, "token");
  await page.route("**/token", (route) => route.abort());
  const failed = page.waitForEvent("requestfailed");
  await page.clock.fastForward(NEARLY);
  await failed;
  await page.unroute("**/token");
  await expect(async () => {
    await page.clock.fastForward("00:15");
    // Real time for the answer: what is under way when the clock jumps counts as never answered.
    await expect.poll(() => stub.provided.tokens.length).toBe(2);
  }).toPass();
  await asksWith(page, stub.provided.tokens[1]);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a next token of somebody else is not taken", async ({ page, stub }) => {
  await openForRenewal(page, stub, "token");
  stub.state.subject = "sub-other";
  await page.clock.fastForward(NEARLY);
  await expect(page.getByRole("alert").first()).toContainText("Your sign-in has ended.");
  expect(stub.provided.tokens.length).toBe(2);
});

test("nobody at the page for half an hour: no next token", async ({ page, stub }) => {
  stub.state.lifetime = 3_600;
  await openForRenewal(page, stub, "token");
  await page.clock.fastForward("31:00");
  await page.keyboard.press("Shift");
  await page.clock.fastForward("28:00");
  await expect.poll(() => stub.provided.tokens.length).toBe(2);
  await asksWith(page, stub.provided.tokens[1]);
  await page.clock.fastForward("59:00");
  await expect(page.getByRole("alert").first()).toContainText("Your sign-in has ended.");
  expect(stub.provided.renewals.length).toBe(1);
});

test("signing out gives the refresh token back", async ({ page, stub }) => {
  stub.state.renewal = "token";
  await open(page, stub, "/tasks");
  await leave(page);
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  expect(stub.provided.revoked).toEqual(["refresh-1"]);
});
