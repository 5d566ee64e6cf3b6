// Views of officers, places and the system in light, dark and at the width of a phone: axe finds nothing, nothing sticks out, a
// picture is kept.
import type { Page } from "@playwright/test";
import { expect, go, open, shot, test, violations } from "./desk";
import { settle } from "./officers";
import { BUSY_CASE, CASE_ID, view } from "./stub/personnel";

const LOOKS = [
  ["light", 1280, "light"],
  ["dark", 1280, "dark"],
  ["phone", 375, "light"],
  ["phone-dark", 375, "dark"],
] as const;

const VIEWS: readonly [string, string, ((page: Page) => Promise<void>)?][] = [
  ["alerts", "/alerts"],
  ["alert", `/alerts/${CASE_ID}`, async (page) => page.getByLabel("Close: the officer has left").check()],
  ["officers", "/officers"],
  ["officer", "/officers/E-10", async (page) => page.getByText("Set a goal").first().click()],
  ["report-training", "/reports/training"],
  ["report-coaching", "/reports/coaching"],
  ["report-fairness", "/reports/fairness"],
  ["patrol", "/patrol", async (page) => expect(page.locator(".map")).toHaveAttribute("data-state", "idle")],
  ["statistics", "/statistics"],
  ["nights", "/nights"],
  ["policy", "/policy"],
];

async function check(page: Page, name: string, look: string, width: number): Promise<void> {
  await expect(page.locator(".busy")).toHaveCount(0);
  await shot(page, `${name}-${look}`);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width);
  expect.soft(await violations(page), name).toEqual([]);
}

for (const [look, width, colorScheme] of LOOKS) {
  test(`${look}: axe finds nothing and nothing sticks out`, async ({ page, stub }) => {
    settle(stub, "commander");
    stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
      status: 200,
      body: view("Active", ["InterventionPlanned", "Closed/Left", "Adjudicated"], BUSY_CASE),
    });
    await page.setViewportSize({ width, height: 850 });
    await page.emulateMedia({ colorScheme });
    await open(page, stub, "/alerts");
    for (const [name, address, prepare] of VIEWS) {
      await go(page, address);
      await expect(page.locator(".busy")).toHaveCount(0);
      await prepare?.(page);
      await check(page, name, look, width);
    }
  });

  test(`${look}: the officer's own page`, async ({ page, stub }) => {
    settle(stub, "officer");
    await page.setViewportSize({ width, height: 850 });
    await page.emulateMedia({ colorScheme });
    await open(page, stub, "/me");
    await expect(page.getByRole("img", { name: /^Sum of the score/ })).toBeVisible();
    await check(page, "me", look, width);
  });
}

test("in Spanish, with the API's own sentence marked as English", async ({ page, stub }) => {
  settle(stub);
  await page.addInitScript(() => localStorage.setItem("desk-language", "es"));
  await open(page, stub, `/alerts/${CASE_ID}`);
  await expect(page.getByRole("heading", { name: "La puntuación y sus motivos" })).toBeVisible();
  await expect(page.locator('.sentence[lang="en"]')).toContainText("Score 1.79");
  await expect(page.getByRole("rowheader", { name: /quejas/ })).toBeVisible();
  await shot(page, "alert-es");
});
