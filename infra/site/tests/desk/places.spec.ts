// Places and the system's work against the stub: map and table tell the same, a visit counts once, what is missing is said.
import type { Page } from "@playwright/test";
import { expect, open, test } from "./desk";
import { posted, settle } from "./officers";

const VISITS = "/v1/patrol/2026-07-07/visits";

async function withoutWebGl(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      kind: string,
      ...rest: unknown[]
    ) {
      return kind.startsWith("webgl") ? null : Reflect.apply(get, this, [kind, ...rest]);
    } as typeof get;
  });
}

test("the plan on a map: drawn under the page's policy, chosen by mark, by arrow and by table alike", async ({
  page,
  stub,
}) => {
  settle(stub, "analyst");
  await open(page, stub, "/patrol");
  const map = page.locator(".map");
  await expect(map).toHaveAttribute("data-state", "idle");
  // 03:04 of the stub's clock: the night shift is on.
  await expect(page.getByLabel("Shift")).toHaveValue("night");
  await expect(page.getByRole("table").first().getByRole("rowheader")).toHaveCount(3);
  await page.locator('.cell-marks [data-geohash="cbqd111"]').click();
  await expect(page.getByRole("button", { name: "Sample Place 11-1" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(page.getByLabel("Place", { exact: true })).toHaveValue("cbqd111");
  await page.getByRole("application").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("button", { name: "Sample Place 11-2" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByLabel("Beat").selectOption("12");
  await expect(page.locator(".cell-marks span")).toHaveCount(1);
});

test("the module that draws is not loaded with the desk", async ({ page, stub }) => {
  settle(stub, "analyst");
  const scripts: string[] = [];
  page.on("request", (request) => scripts.push(request.url()));
  await open(page, stub, "/statistics");
  await expect(page.getByRole("table")).toBeVisible();
  expect(scripts.filter((address) => /\/map-[^/]*\.js/.test(address))).toEqual([]);
  await page.getByRole("link", { name: "Patrol plan" }).click();
  await expect(page.locator(".map")).toHaveAttribute("data-state", "idle");
  expect(scripts.filter((address) => /\/map-[^/]*\.js/.test(address))).toHaveLength(1);
});

test("without WebGL the table tells everything, and a visit whose answer is lost counts once", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/ERR_EMPTY_RESPONSE|Failed to load resource/);
  await withoutWebGl(page);
  settle(stub, "analyst");
  await open(page, stub, "/patrol");
  await expect(page.getByText("This browser cannot draw the map.")).toBeVisible();
  await page.getByRole("button", { name: "Sample Place 12-1" }).click();
  const form = page.getByRole("form", { name: "Enter a visit" });
  await expect(form.getByLabel("Arrived")).toHaveValue("2026-07-07T03:04");
  await form.getByLabel("Minutes stayed").fill("12");
  stub.state.answers.set(`POST ${VISITS}`, "drop");
  await form.getByRole("button", { name: "Record the visit" }).click();
  await expect(form.getByText("It is not known whether it arrived.")).toBeVisible();
  stub.state.answers.set(`POST ${VISITS}`, ({ body }) => ({ status: 200, body: JSON.parse(body) }));
  await form.getByRole("button", { name: "Send the same again" }).click();
  await expect(form.getByText("Recorded: Sample Place 12-1")).toBeVisible();
  const sent = stub.seen.filter((asked) => asked.path === VISITS);
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map((asked) => asked.key)).size).toBe(1);
  expect(posted(stub, VISITS)[0]).toEqual({
    shift: "night",
    geohash: "cbqd121",
    arrived_at: "2026-07-07T08:04:00Z",
    minutes: 12,
  });
});

test("a day without a plan, and a plan that is not as documented", async ({ page, stub, watch }) => {
  watch.expected.push(/404/);
  settle(stub, "analyst");
  await open(page, stub, "/patrol?date=2026-07-01");
  await expect(page.getByText("There is no plan for Wed, Jul 1, 2026.")).toBeVisible();
});

test("statistics: the whole first, too few is said, another measure is a choice away", async ({
  page,
  stub,
}) => {
  settle(stub, "analyst");
  await open(page, stub, "/statistics");
  const rows = page.getByRole("row");
  await expect(rows.nth(1)).toContainText("All categories");
  await expect(rows.nth(1)).toContainText("4,106 (4,005)");
  await expect(rows.nth(2)).toContainText("too few");
  await page.getByLabel("Measure").selectOption("clearances");
  await expect(rows.nth(1)).toContainText("+12.5");
});

test("nights: what did not run is a line, and the last night is summed up", async ({ page, stub }) => {
  settle(stub, "analyst");
  await open(page, stub, "/nights");
  await expect(page.getByText("Sun, Jul 5, 2026: 2 functions need a look.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Scores of officers/ })).toContainText("Did not run");
  await expect(page.getByRole("row", { name: /Deletion/ })).toContainText("2 failures");
});

test("policy: what is on, who signed which version, and what nobody signed", async ({ page, stub }) => {
  settle(stub, "analyst");
  await open(page, stub, "/policy");
  await expect(page.getByText("Everything is decided and recorded; nothing is sent.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Texts \(en\)/ })).toContainText("In force");
  await expect(page.getByRole("row", { name: /Texts \(es\)/ })).toContainText("another version");
  await expect(page.getByRole("row", { name: /denied call types/ })).toContainText("nobody");
});
