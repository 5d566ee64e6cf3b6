// The page over a whole publication: what it shows, and that choices reach map, table and address alike.
import { drawn, expect, open, openTable, share, test } from "./site";

/** Paper of the surest hot cells in light (looks.ts). */
const HOT = [0x8c, 0x2d, 0x04] as const;
/** The outline in light. */
const OUTLINE = [0x4a, 0x55, 0x61] as const;

test("title, disclaimer and terms come from the manifest", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html`);
  await expect(page).toHaveTitle("Where crime is reported: Example City Police Department");
  await expect(page.locator("#as-of")).toHaveText("Edition of July 6, 2026");
  await expect(page.locator("#disclaimer")).toContainText("do not say that a place or anybody living there");
  await expect(page.locator("#license a")).toHaveAttribute("href", /creativecommons/);
  await expect(page.locator("#withdrawn")).toHaveText("Withdrawn editions: June 1, 2026.");
  await expect(
    page.getByText("Neither label nor rank says that a place or anybody in it is dangerous"),
  ).toBeVisible();
});

test("what the publisher tells beyond the usual is shown", async ({ page, url }) => {
  await open(page, `${url}/full/index.html`);
  const plain = await share(page, OUTLINE); // letters of the scale
  await open(page, `${url}/told/index.html`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reports by area");
  await expect(page.getByText("The newest 7 days are left out.")).toBeVisible();
  await expect(
    page.getByText("Left out before anything is counted: sex offence, family offence."),
  ).toBeVisible();
  await expect.poll(() => share(page, OUTLINE)).toBeGreaterThan(plain + 0.001);
});

test("a category changes map, table, downloads and address", async ({ page, url }) => {
  await open(page, `${url}/full/index.html`);
  const before = await share(page, HOT);
  expect(before).toBeGreaterThan(0);
  await page.getByLabel("Kind of report").selectOption("Burglary");
  await expect(page.locator("#table-caption")).toHaveText(/^Burglary, 12 months: \d+ cells$/);
  await drawn(page);
  expect(await share(page, HOT)).not.toBe(before);
  await expect(page.getByRole("link", { name: "GeoJSON", exact: true })).toHaveAttribute(
    "href",
    "hotspots/burglary/latest.geojson",
  );
  await expect(page.getByRole("link", { name: "CSV" })).toHaveAttribute(
    "href",
    "hotspots/burglary/latest.csv",
  );
  expect(page.url()).toContain("#category=burglary&window=365");
});

test("windows are those of the category", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html`);
  const windows = page.getByLabel("Time counted").locator("option");
  await expect(windows).toHaveText(["12 months", "2 years"]);
  await page.getByLabel("Time counted").selectOption("2 years");
  await expect(page.locator("#table-caption")).toContainText("All reported crime, 2 years");
  await page.getByLabel("Kind of report").selectOption("Violent");
  await expect(windows).toHaveText(["12 months"]);
});

test("a label that is not ticked leaves map and table", async ({ page, url }) => {
  await open(page, `${url}/full/index.html#category=all&window=365`);
  expect(await share(page, HOT)).toBeGreaterThan(0);
  await page.getByRole("checkbox", { name: /^Hot/ }).uncheck();
  await drawn(page);
  expect(await share(page, HOT)).toBe(0);
  await expect(page.locator("#table tbody tr")).toHaveCount(25);
  await expect(page.locator("#table tbody td", { hasText: "Hot" })).toHaveCount(0);
  expect(page.url()).toContain("class=cold,none,withheld");
});

test("the address brings the choice back", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html#category=violent&window=365&class=hot,nonsense`);
  await expect(page.getByLabel("Kind of report")).toHaveValue("violent");
  await expect(page.getByRole("checkbox", { checked: true })).toHaveCount(1);
  await page.evaluate(() => {
    location.hash = "#category=burglary";
  });
  await expect(page.locator("#table-caption")).toContainText("Burglary");
});

test("the table sorts and turns its pages", async ({ page, url }) => {
  await openTable(page, `${url}/full/index.html#category=all&window=365`);
  const first = page.locator("#table tbody tr").first();
  await expect(first).toContainText("top 1");
  await page.getByRole("button", { name: "Cell", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Cell" })).toHaveAttribute("aria-sort", "ascending");
  const names = await page.locator("#table tbody button").allTextContents();
  expect(names).toEqual([...names].sort());
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.locator("#table-range")).toHaveText(/^26–50 of /);
  await page.getByRole("button", { name: "Cell", exact: true }).click();
  await expect(page.locator("#table-range")).toHaveText(/^1–25 of /);
});

test("a click shows the cell", async ({ page, url }) => {
  await open(page, `${url}/full/index.html`);
  await page.locator("#map").click();
  await expect(page.locator("#details h3")).toHaveText(/^Cell \w{6,7}$/);
  await expect(page.locator("#table tr.chosen")).toHaveCount(1);
});
