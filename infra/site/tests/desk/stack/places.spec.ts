// Places and the system's work over the sample city: the plan of its day, a visit, what the night counted, the policy in force.
import { shot, violations } from "../desk";
import { expect, signIn, test } from "./stack";

test("an analyst sees the plan of the day on a map, and enters a visit that the report then counts", async ({
  page,
}) => {
  await signIn(page, "analyst", "/patrol");
  await expect(page.locator(".map")).toHaveAttribute("data-state", "idle");
  const rows = page.getByRole("table", { name: /Places of this shift/ }).getByRole("rowheader");
  await expect(page.locator(".cell-marks span")).toHaveCount(await rows.count());
  const name = (await rows.first().getByRole("button").textContent()) ?? "";
  await rows.first().getByRole("button").click();
  const form = page.getByRole("form", { name: "Enter a visit" });
  await form.getByLabel("Minutes stayed").fill("12");
  await shot(page, "stack-patrol");
  await form.getByRole("button", { name: "Record the visit" }).click();
  await expect(form.getByText(`Recorded: ${name}`)).toBeVisible();
  await expect(page.getByRole("table", { name: "Done so far" })).toContainText("12");
  expect(await violations(page)).toEqual([]);
});

test("dispatch sees the plan and enters nothing", async ({ page }) => {
  await signIn(page, "dispatch", "/patrol");
  await expect(page.getByRole("table", { name: /Places of this shift/ })).toBeVisible();
  await expect(page.getByRole("form", { name: "Enter a visit" })).toHaveCount(0);
});

test("an analyst reads the statistics of the last night", async ({ page }) => {
  await signIn(page, "analyst", "/statistics");
  await expect(page.getByRole("row", { name: /All categories/ })).toContainText(/\d,\d{3} \(\d,\d{3}\)/);
  await page.getByLabel("Beat").selectOption("11");
  await expect(page.getByRole("row", { name: /All categories/ })).toContainText(/11.*\d{3} \(\d{3}\)/);
  await shot(page, "stack-statistics");
});

test("an auditor sees what the nights did", async ({ page }) => {
  await signIn(page, "auditor", "/nights");
  const scores = page.getByRole("row", { name: /Scores of officers/ }).first();
  await expect(scores).toContainText("Ran");
  await expect(scores).toContainText("150");
  await shot(page, "stack-nights");
  expect(await violations(page)).toEqual([]);
});

test("an admin reads the policy in force, with who approved it", async ({ page }) => {
  await signIn(page, "admin", "/policy");
  await expect(page.getByRole("table", { name: "Approvals" })).toContainText("Texts (en)");
  await expect(page.getByRole("table", { name: "Kinds of messages" })).toContainText("10 min");
  await shot(page, "stack-policy");
  expect(await violations(page)).toEqual([]);
});
