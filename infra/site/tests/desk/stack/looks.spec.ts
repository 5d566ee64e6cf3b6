// The views of updates over the sample city's day: axe finds nothing, nothing sticks out, a picture is kept.
import type { Page } from "@playwright/test";
import { shot, violations } from "../desk";
import { expect, signIn, test, visit } from "./stack";

const VIEWS: readonly [string, string, ((page: Page) => Promise<void>)?][] = [
  ["day", "/updates", async (page) => page.getByRole("button", { name: "Day before" }).click()],
  ["call-at-home", "/incidents/26-048140"],
  ["call-of-a-crash", "/incidents/26-048101"],
  ["case-of-a-theft", "/cases/26-1187"],
  [
    "message-in-the-city",
    "/cases/26-1187",
    async (page) => {
      await page.getByRole("button", { name: "Write a message" }).click();
      await page.getByLabel("Your words").fill("Please bring the serial number of your bicycle.");
      await expect(page.locator(".preview blockquote").first()).toBeVisible();
    },
  ],
  ["tasks-of-the-city", "/tasks"],
];

for (const [look, width, colorScheme] of [
  ["light", 1280, "light"],
  ["dark", 1280, "dark"],
  ["phone", 375, "dark"],
] as const) {
  test(`${look}: the day of the sample city`, async ({ page }) => {
    await page.setViewportSize({ width, height: 850 });
    await page.emulateMedia({ colorScheme });
    await signIn(page, "admin", "/updates");
    for (const [name, view, prepare] of VIEWS) {
      await visit(page, "/elsewhere"); // So that a view begins anew.
      await visit(page, view);
      await prepare?.(page);
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await shot(page, `${name}-${look}`);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width);
      expect.soft(await violations(page), name).toEqual([]);
    }
  });
}
