// One review from the night to the support that follows, by the people of the sample city, each at their own desk; and what each
// of them is not offered.
import type { Page } from "@playwright/test";
import { go, shot, violations } from "../desk";
import { expect, type Role, signIn, test } from "./stack";

const CASE = "/alerts/E-1053.2026-07-05";
const STATEMENT = "Six of them came from one street on three Saturdays; I worked them alone.";
const REASON = "Alone on a busy street: a second officer on Saturdays, and a refresher.";

// The state among those on the way, which are all named.
const STATE = ".standing [aria-current=step]";

async function as(page: Page, role: Role, view: string): Promise<void> {
  await signIn(page, role, view);
  await expect(page.locator(".busy")).toHaveCount(0);
}

async function step(page: Page, label: string, words?: string): Promise<void> {
  await page.getByLabel(label).check();
  if (words !== undefined)
    await page
      .getByLabel(/^(Reason|In your words)/)
      .last()
      .fill(words);
  await page.getByRole("button", { name: "Take this step" }).click();
}

test.describe
  .serial("a review", () => {
    test("the supervisor finds the case, reads why, and asks the officer first", async ({ page }) => {
      await as(page, "supervisor", "/alerts");
      await expect(page.getByRole("link", { name: "Hugo Rivers" })).toBeVisible();
      await expect(page.getByText(/^4\.65 = 1 \+ 2\.90 complaints/)).toBeVisible();
      await page.getByRole("link", { name: "Hugo Rivers" }).click();
      await expect(page.getByRole("img", { name: /^Sum of the score/ })).toBeVisible();
      await expect(page.getByText("These parts do not make the score.")).toHaveCount(0);
      await expect(page.locator(".steps .choice")).toHaveCount(2);
      await step(page, "Take up the review");
      await expect(page.locator(STATE)).toContainText("Under review");
      await step(page, "Ask for the officer's answer first");
      await expect(page.locator(STATE)).toContainText("Officer's response");
      await expect(page.getByRole("radio", { name: /^Decide/ })).toHaveCount(0);
      await shot(page, "stack-alert");
      expect(await violations(page)).toEqual([]);
    });

    test("the officer sees everything held, and answers", async ({ page }) => {
      await as(page, "officer", "/me");
      await expect(page.getByRole("img", { name: /^Sum of the score/ })).toBeVisible();
      await page.getByLabel("In your own words").fill(STATEMENT);
      await page.getByRole("button", { name: "Send the statement" }).click();
      await expect(page.getByLabel("In your own words")).toHaveValue("");
      await page.getByText("What was done").first().click();
      await expect(page.locator(".own-case .log")).toContainText(STATEMENT);
      await shot(page, "stack-me");
      expect(await violations(page)).toEqual([]);
    });

    test("the supervisor reads it and decides, and cannot agree with themselves", async ({ page }) => {
      await as(page, "supervisor", CASE);
      await expect(page.locator(".statement")).toContainText(STATEMENT);
      await page.getByRole("radio", { name: /^Decide/ }).check();
      await page.getByLabel("Decision", { exact: true }).selectOption("Intervention");
      await page.getByLabel("Reason, in your own words").fill(REASON);
      await page.getByRole("button", { name: "Take this step" }).click();
      await expect(page.locator(STATE)).toContainText("Decided");
      await expect(page.locator(".log")).toContainText(REASON);
      await expect(page.getByLabel("Agree as second person")).toHaveCount(0);
    });

    test("a commander agrees as the second person", async ({ page }) => {
      await as(page, "commander", CASE);
      await expect(page.locator(".log")).toContainText(REASON);
      await step(page, "Agree as second person");
      await expect(page.locator(STATE)).toContainText("Second review");
    });

    test("the supervisor plans support, and begins it", async ({ page }) => {
      await as(page, "supervisor", CASE);
      const plan = page.getByRole("form", { name: "Plan support" });
      await plan.getByLabel("Kind").selectOption("mentor");
      await plan.getByLabel("Due").fill("2026-08-15");
      await plan.getByRole("button", { name: "Plan", exact: true }).click();
      await expect(page.locator(".interventions")).toContainText("Mentor");
      await step(page, "Support has begun");
      await expect(page.locator(STATE)).toContainText("Support under way");
    });

    test("internal affairs read the same case, and what was done", async ({ page }) => {
      await as(page, "internal_affairs", CASE);
      await expect(page.locator(".log")).toContainText("Second person agreed");
      await expect(page.locator(".statement")).toContainText(STATEMENT);
    });
  });

test("an officer does not see the case as those above do, nor anybody else's record", async ({
  page,
  watch,
}) => {
  watch.expected.push(/404/);
  await as(page, "officer", CASE);
  await expect(page.locator("h1")).toHaveText("Not for your role");
  await go(page, "/officers/E-1070");
  await expect(page.getByRole("alert")).toContainText("Not found.");
});

test("a supervisor does not see a case of another chain", async ({ page, watch }) => {
  watch.expected.push(/404/);
  await as(page, "supervisor", "/alerts/E-1037.2026-07-05");
  await expect(page.getByRole("alert")).toContainText("Not found.");
  await expect(page.getByRole("img")).toHaveCount(0);
});

test("a supervisor enters coaching, a goal and how far it has come", async ({ page }) => {
  await as(page, "supervisor", "/officers/E-1050");
  await page.getByText("Enter a coaching session").first().click();
  const session = page.getByRole("form", { name: "Enter a coaching session" });
  await session.getByLabel("Topic").fill("report writing");
  await session.getByLabel("What was agreed").fill("Facts first, in the order of the clock.");
  await session.getByRole("button", { name: "Record" }).click();
  await expect(page.getByText("Facts first, in the order of the clock.")).toBeVisible();
  await page.getByText("Set a goal").first().click();
  const goal = page.getByRole("form", { name: "Set a goal" });
  await goal.getByLabel("Due").fill("2026-09-01");
  await goal.getByLabel("The goal, as agreed").fill("Reports in before the shift ends.");
  await goal.getByRole("button", { name: "Record" }).click();
  const set = page.locator(".goals li").filter({ hasText: "Reports in before the shift ends." });
  await set.getByText("Record progress").click();
  await set.getByLabel("How far, in percent").fill("40");
  await set.getByRole("button", { name: "Record", exact: true }).click();
  await expect(set).toContainText("40");
});

test("a commander finds who lacks training, and how the reviews fall", async ({ page }) => {
  await as(page, "commander", "/reports/training");
  await expect(page.getByRole("row", { name: /crisis-intervention/ }).first()).toContainText("Overdue");
  await page.getByRole("link", { name: "Fairness" }).click();
  await expect(page.getByRole("heading", { name: "By years of service" })).toBeVisible();
});
