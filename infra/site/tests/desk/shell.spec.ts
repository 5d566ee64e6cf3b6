// The frame: what is kept where, navigation, pauses, languages, colours, keys.
import { expect, go, open, reload, test } from "./desk";

test("drafts of one are not shown to the next in the same tab", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("Your words").fill("Please bring the papers.");
  stub.state.me = { subject: "sub-other" };
  await reload(page);
  await page.getByRole("button", { name: "Write a message" }).click();
  await expect(page.getByLabel("Your words")).toHaveValue("");
});

test("navigation shows what may be done and nothing else", async ({ page, stub }) => {
  stub.state.me = { may: ["GET /v1/me", "GET /v1/tasks"] };
  await open(page, stub, "/");
  await expect(page.locator("h1")).toHaveText("Tasks");
  await expect(page.getByRole("navigation").getByRole("link")).toHaveText(["Tasks"]);
  for (const forbidden of ["/updates", "/contacts", "/cases/26-1", "/pause"]) {
    await go(page, forbidden);
    await expect(page.locator("h1")).toHaveText("Not for your role");
  }
  expect(stub.seen.filter(({ path }) => path !== "/v1/me" && !path.startsWith("/v1/tasks"))).toEqual([]);
  await go(page, "/nowhere");
  await expect(page.locator("h1")).toHaveText("There is no such view");
});

test("without a role nothing is open, and the page says what to do", async ({ page, stub }) => {
  stub.state.me = { roles: [], may: ["GET /v1/me"] };
  await open(page, stub, "/");
  await expect(page.locator("h1")).toHaveText("Nothing is open to you yet");
});

test("a pause stands on every view, with its reason", async ({ page, stub }) => {
  stub.state.me = {
    pauses: [
      { scope: "all", since: "2026-07-07T07:40:00Z", reason: "wrong texts went out" },
      { scope: "kind", value: "call_received", since: "2026-07-07T07:41:00Z" },
    ],
  };
  for (const view of ["/updates", "/tasks", "/contacts"]) {
    await open(page, stub, view);
    const banner = page.getByRole("region", { name: "Paused updates" });
    await expect(banner).toContainText("All updates are paused since Jul 7, 02:40 · wrong texts went out");
    await expect(banner).toContainText("Paused: Call received");
    await expect(banner.getByRole("link", { name: "Change" })).toBeVisible();
  }
});

test("Spanish, at once and after a reload", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  await page.locator(".account summary").click();
  await page.getByLabel("Language").selectOption("es");
  await expect(page.locator("h1")).toHaveText("Avisos de hoy");
  await expect(page.locator("html")).toHaveAttribute("lang", "es");
  await reload(page);
  await expect(page.locator("h1")).toHaveText("Avisos de hoy");
});

test("colours as chosen, and after a reload", async ({ page, stub }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await open(page, stub, "/updates");
  const light = await ground();
  await page.locator(".account summary").click();
  await page.getByLabel("Colors").selectOption("dark");
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await reload(page);
  await expect(page.locator("#view h1")).toBeVisible();
  expect(await ground()).toBe(dark);
});

test("the keyboard alone: skip link, navigation, heading of the next view", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#view")).toBeFocused();
  expect(page.url()).toContain("#/updates");
  await page.getByRole("link", { name: "Tasks" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("Tasks");
  await expect(page.locator("h1")).toBeFocused();
});

test("times are the department's, wherever the browser stands", async ({ browser, stub }) => {
  const context = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const page = await context.newPage();
  await open(page, stub, "/updates");
  await expect(page.locator(".clock-time")).toHaveText("03:04");
  await expect(page.locator("tbody tr").first().locator("time")).toHaveText("03:03");
  await context.close();
});

test("on paper there is the view alone", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.getByRole("button", { name: "Write a message" })).toBeHidden();
  await expect(page.getByText("safety latch", { exact: false }).first()).toBeAttached();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    "rgb(255, 255, 255)",
  );
});
