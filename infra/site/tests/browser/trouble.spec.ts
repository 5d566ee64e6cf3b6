// Publications that are missing, empty, broken or hostile: a clear message, and never a script.
import { fileURLToPath } from "node:url";
import { drawn, expect, test } from "./site";

const SHOTS = fileURLToPath(new URL("../../../../target/site-screenshots/", import.meta.url));

for (const [scenario, words] of [
  ["absent", "No map has been published here yet."],
  ["none", "The latest edition holds no map."],
  ["lost", "The file of this map is missing; the department may be replacing it."],
  ["empty", "This map has no cells: nothing was reported that may be shown."],
  ["broken", "The file of this map cannot be read. (feature 1 has no properties or geometry)"],
] as const) {
  test(`a publication that is ${scenario} says so`, async ({ page, url, watch }) => {
    watch.expected.push(/status of 404/);
    await page.goto(`${url}/${scenario}/index.html`);
    await expect(page.getByRole("alert")).toHaveText(words);
    await expect(page.locator("#map")).toBeHidden();
    await expect(page.locator("#table")).toBeHidden();
    await page.screenshot({ path: `${SHOTS}${scenario}.png`, fullPage: true });
  });
}

test("text of the files is shown as text", async ({ page, url }) => {
  await page.goto(`${url}/hostile/index.html`);
  await drawn(page);
  await expect(page.locator("#agency")).toHaveText("<img src=x onerror=alert(1)>");
  await expect(page.locator("#license a")).toHaveCount(0);
  await expect(page.locator("#content img, #agency img")).toHaveCount(0);
});

test("the policy is in place and refuses what is not of this page", async ({ page, url, watch }) => {
  await page.goto(`${url}/full/index.html`);
  await drawn(page);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  watch.expected.push(/Content Security Policy/, /policy violated/);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return "ran" in window;
  });
  expect(ran).toBe(false);
  await expect(page.evaluate(() => fetch("https://example.com/"))).rejects.toThrow();
});
