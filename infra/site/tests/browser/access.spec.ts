// The page for those who use no mouse, see no map, or hold a phone: keys, axe, widths, missing WebGL.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { drawn, expect, open, openTable, test } from "./site";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = fileURLToPath(new URL("../../../../target/site-screenshots/", import.meta.url));

async function violations(page: Page): Promise<string[]> {
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

async function shot(page: Page, name: string): Promise<void> {
  // As high as the page, so that taking the picture does not change the size of the map under way.
  const [width, height] = await page.evaluate(() => [innerWidth, document.documentElement.scrollHeight]);
  await page.setViewportSize({ width: width ?? 0, height: height ?? 0 });
  if ((await page.locator("#map canvas").count()) > 0) await drawn(page);
  await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
}

for (const [name, width, colours] of [
  ["desktop", 1280, "light"],
  ["desktop-dark", 1280, "dark"],
  ["phone", 375, "light"],
  ["phone-dark", 375, "dark"],
] as const) {
  test(`${name}: axe finds nothing and nothing sticks out`, async ({ page, url }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: colours });
    await open(page, `${url}/told/index.html`);
    await page.locator("#table tbody button").first().click();
    await drawn(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => window.scrollTo(0, 0));
    await shot(page, name);
  });
}

test("on every phone the page is as wide as the screen", async ({ page, url }) => {
  await page.setViewportSize({ width: 414, height: 800 });
  await open(page, `${url}/full/index.html#category=all&window=365`);
  for (const width of [414, 375, 360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await drawn(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
  await shot(page, "phone-narrow");
});

test("arrow keys on the map go from cell to cell and tell each politely", async ({ page, url }) => {
  await open(page, `${url}/full/index.html#category=burglary`);
  const title = page.locator("#details[aria-live=polite] h3");
  await page.getByRole("application").focus();
  await page.keyboard.press("ArrowUp");
  const start = await title.textContent();
  await page.keyboard.press("ArrowRight");
  await expect(title).not.toHaveText(start ?? "");
  await page.keyboard.press("ArrowLeft");
  await expect(title).toHaveText(start ?? "");
  await page.keyboard.press("Escape");
  await expect(title).toHaveCount(0);
});

test("the keyboard alone reaches a cell by the table", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html#category=all&window=365`);
  await page.keyboard.press("Tab");
  await expect(page.locator("#skip")).toBeFocused();
  await page.keyboard.press("Enter");
  for (let press = 0; press < 6; press += 1) await page.keyboard.press("Tab"); // past the five headings
  const cell = page.locator("#table tbody button").first();
  await expect(cell).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(cell).toBeFocused();
  await expect(cell).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("#details h3")).toHaveText(`Cell ${await cell.textContent()}`);
  expect(page.url()).toContain("#category=all&window=365");
});

test("without WebGL the table tells everything", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html`);
  await page.getByLabel("Kind of report").selectOption("Burglary");
  await expect(page.locator("#table tbody tr")).toHaveCount(25);
  await page.locator("#table tbody button").first().click();
  await expect(page.locator("#details h3")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await shot(page, "no-webgl");
});

test("the reader's choice of colours outlives a reload", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html`);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Dark colors" }).click();
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Dark colors" })).toHaveAttribute("aria-pressed", "true");
  expect(await ground()).not.toBe(light);
});

test("nothing moves for readers who prefer that", async ({ page, url }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, `${url}/full/index.html`);
  const moving = await page.evaluate(
    () => [...document.querySelectorAll("*")].filter((one) => one.getAnimations().length > 0).length,
  );
  expect(moving).toBe(0);
  await expect(page.locator("#skip")).toHaveCSS("transition-duration", "0s");
});
