// Every view of updates in light, dark and at the width of a phone: axe finds nothing, nothing sticks out, a picture is kept.
import type { Page } from "@playwright/test";
import { expect, go, open, shot, test, violations } from "./desk";

const LOOKS = [
  ["light", 1280, "light"],
  ["dark", 1280, "dark"],
  ["phone", 375, "light"],
  ["phone-dark", 375, "dark"],
] as const;

async function write(page: Page, text: string) {
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill(text);
  await expect(page.locator(".preview blockquote")).toBeVisible();
}

const VIEWS: readonly [string, string, ((page: Page) => Promise<void>)?][] = [
  ["updates", "/updates"],
  ["incident", "/incidents/26-048219"],
  ["case", "/cases/26-1234", async (page) => page.locator(".course summary").first().click()],
  ["message", "/cases/26-1234", (page) => write(page, "Por favor llame.")],
  ["message-withheld", "/cases/26-1234", (page) => write(page, "latch: por favor llame.")],
  [
    "add-person",
    "/cases/26-1234",
    async (page) => page.getByRole("button", { name: "Add a person" }).click(),
  ],
  [
    "contacts",
    "/contacts",
    async (page) => {
      await page.getByLabel("Phone number or e-mail address").fill("218-555-0123");
      await page.keyboard.press("Enter");
      await expect(page.getByLabel("A safe way")).toBeVisible();
    },
  ],
  ["tasks", "/tasks"],
  ["pause", "/pause"],
  ["no-such-view", "/elsewhere"],
];

for (const [look, width, colorScheme] of LOOKS) {
  test(`${look}: axe finds nothing and nothing sticks out`, async ({ page, stub }) => {
    stub.state.me = {
      pauses: [{ scope: "kind", value: "survey", since: "2026-07-07T07:40:00Z", reason: "wrong link" }],
    };
    await page.setViewportSize({ width, height: 850 });
    await page.emulateMedia({ colorScheme });
    await open(page, stub, "/updates");
    for (const [name, view, prepare] of VIEWS) {
      await go(page, "/elsewhere"); // So that a view begins anew.
      await expect(page.locator("h1")).toHaveText("There is no such view");
      if (view !== "/elsewhere") {
        await go(page, view);
        await expect(page.locator("h1")).not.toHaveText("There is no such view");
      }
      await expect(page.locator(".busy")).toHaveCount(0);
      await prepare?.(page);
      await shot(page, `${name}-${look}`);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width);
      expect.soft(await violations(page), name).toEqual([]);
    }
    await page.locator(".account summary").click();
    if (width < 600) await page.getByRole("button", { name: "Menu" }).click();
    await shot(page, `menu-${look}`);
    expect(await violations(page)).toEqual([]);
  });

  test(`${look}: signed out of the page only`, async ({ page, stub, watch }) => {
    watch.expected.push(/ERR_FAILED/);
    await page.setViewportSize({ width, height: 850 });
    await page.emulateMedia({ colorScheme });
    await open(page, stub, "/updates");
    await page.route("**/openid-configuration", (route) => route.abort());
    await page.locator(".account summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await shot(page, `signed-out-here-only-${look}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page)).toEqual([]);
  });
}
