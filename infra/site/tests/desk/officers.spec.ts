// Reviews and records against the stub: the steps are the API's, no score stands without its reasons, nothing is sent twice.
import { expect, open, reload, test } from "./desk";
import { posted, settle } from "./officers";
import { BUSY_CASE, CASE_ID, LOG, view } from "./stub/personnel";
import { record } from "./stub/records";

const STEPS = `/v1/alerts/${CASE_ID}/transitions`;
const HELP = `/v1/alerts/${CASE_ID}/interventions`;
const WORDS = "Alone on a busy street: a second officer on Saturdays.";

test("the inbox: what is overdue first, each score as its sum, the watch list without figures", async ({
  page,
  stub,
}) => {
  settle(stub);
  await open(page, stub, "/alerts");
  const rows = page.getByRole("table").getByRole("rowheader");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("Ira Example");
  await expect(page.getByText("1.79 = 1 + 0.82 complaints − 0.02 preventable collisions")).toBeVisible();
  await expect(page.getByText('Rule "force": 5 in 180 days')).toBeVisible();
  const watched = page.getByRole("list", { name: "1 officer on the watch list" });
  await expect(watched).toContainText("Lou Placeholder");
  expect(await watched.textContent()).not.toMatch(/\d\.\d/);
});

test("filters go to the API and stand in the address", async ({ page, stub }) => {
  settle(stub);
  await open(page, stub, "/alerts");
  await page.getByLabel("Unit").selectOption("patrol-2");
  await page.getByLabel("Overdue only").check();
  const last = () => stub.seen.findLast((asked) => asked.path.startsWith("/v1/alerts"))?.path;
  await expect.poll(last).toContain("unit=patrol-2");
  await expect.poll(last).toContain("due=overdue");
  expect(page.url()).toContain("unit=patrol-2");
  await expect(page.getByLabel("Unit")).toHaveValue("patrol-2");
});

test("exactly the steps that the API names are offered", async ({ page, stub }) => {
  settle(stub);
  const path = `GET /v1/alerts/${CASE_ID}`;
  const check = async (state: string, legal: string[], shown: string[]) => {
    stub.state.answers.set(path, { status: 200, body: view(state, legal) });
    await open(page, stub, "/alerts");
    await page.getByRole("link", { name: "Sam Sample" }).click();
    await expect(page.getByRole("heading", { name: "Next step" })).toBeVisible();
    const labels = page.locator(".steps .choice span");
    await expect(labels).toHaveCount(shown.length);
    for (const [index, words] of shown.entries()) await expect(labels.nth(index)).toContainText(words);
  };
  await check(
    "Notified",
    ["UnderReview", "Closed/Left"],
    ["Take up the review", "Close: the officer has left"],
  );
  await check(
    "Disposition",
    ["SecondReview", "UnderReview"],
    ["Agree as second person", "Give the decision back"],
  );
  await check("SecondReview", [], []);
  await expect(page.getByText("No step is open to you now.")).toBeVisible();
});

test("a decision: words are wanted, and go with it; the case is read again", async ({ page, stub }) => {
  settle(stub);
  stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
    status: 200,
    body: view("UnderReview", ["OfficerResponse", "Disposition", "Closed/Left"]),
  });
  await open(page, stub, `/alerts/${CASE_ID}`);
  await page.getByRole("radio", { name: /^Decide/ }).check();
  await page.getByLabel("Decision", { exact: true }).selectOption("NoAction");
  await page.getByLabel("Same reasons open no case until").fill("2026-09-01");
  await page.getByRole("button", { name: "Take this step" }).click();
  expect(posted(stub, STEPS)).toEqual([]);
  await page.getByLabel("Reason, in your own words").fill(WORDS);
  stub.state.answers.set(`POST ${STEPS}`, () => {
    const log = [
      ...LOG,
      { ...LOG[0], seq: 4, act: { act: "step", to: "Disposition", disposition: "NoAction" } },
    ];
    stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
      status: 200,
      body: { ...view("Disposition", ["Closed/Left"]), log },
    });
    return { status: 201, body: { alert_id: CASE_ID, state: "Disposition", legal: ["Closed/Left"] } };
  });
  await page.getByRole("button", { name: "Take this step" }).click();
  await expect(page.getByText("Decided: No action")).toBeVisible();
  await expect(page.getByText("Recorded: Decide.")).toBeVisible();
  await expect(page.locator(".taken")).toBeFocused();
  expect(posted(stub, STEPS)).toEqual([
    { to: "Disposition", disposition: "NoAction", suppress_until: "2026-09-01", reason: WORDS },
  ]);
});

test("somebody was faster: the API's words, and the case as it stands now", async ({ page, stub, watch }) => {
  watch.expected.push(/409/);
  settle(stub);
  await open(page, stub, `/alerts/${CASE_ID}`);
  await page.getByLabel("Take up the review").check();
  stub.state.answers.set(`POST ${STEPS}`, () => {
    stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
      status: 200,
      body: view("UnderReview", ["Disposition"]),
    });
    return {
      status: 409,
      body: { status: 409, title: "Not possible now", detail: "it does not follow from this state" },
    };
  });
  await page.getByRole("button", { name: "Take this step" }).click();
  await expect(page.locator(".notice-warn")).toContainText("it does not follow from this state");
  await expect(page.locator(".standing")).toContainText("Under review");
  await expect(page.getByLabel("Take up the review")).toHaveCount(0);
});

test("support: what the record of a wellness referral may hold, and no field for more", async ({
  page,
  stub,
}) => {
  settle(stub);
  stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
    status: 200,
    body: view("Active", ["InterventionPlanned", "Closed/Left"], BUSY_CASE),
  });
  stub.state.answers.set(`POST ${HELP}`, { status: 201, body: {} });
  await open(page, stub, `/alerts/${CASE_ID}`);
  await page.getByRole("button", { name: "Record progress" }).nth(1).click();
  const form = page.locator(".interventions li").nth(1);
  await expect(form.getByRole("option")).toHaveText(["Choose …", "Offered", "Declined", "Attended"]);
  await expect(form.getByRole("textbox")).toHaveCount(0);
  await form.getByLabel("How it went").selectOption("attended");
  await form.getByRole("button", { name: "Record", exact: true }).click();
  await expect.poll(() => posted(stub, HELP)).toEqual([{ number: 2, progress: "attended" }]);
  const plan = page.getByRole("form", { name: "Plan support" });
  await plan.getByLabel("Kind").selectOption("wellness_referral");
  await expect(plan.getByLabel("In your words")).toHaveCount(0);
  await plan.getByLabel("Kind").selectOption("training");
  await plan.getByLabel("Due").fill("2026-08-15");
  await plan.getByLabel("Course").fill("driving");
  await plan.getByRole("button", { name: "Plan" }).click();
  await expect
    .poll(() => posted(stub, HELP).at(-1))
    .toEqual({ kind: "training", owner: "E-1", due_on: "2026-08-15", course: "driving" });
});

test("the officer's own page: the score with its reasons, and a statement that a lost answer does not double", async ({
  page,
  stub,
  watch,
}) => {
  watch.expected.push(/ERR_EMPTY_RESPONSE|Failed to load resource/);
  settle(stub, "officer");
  await open(page, stub, "/me");
  await expect(page.getByRole("img", { name: /^Sum of the score/ })).toBeVisible();
  await expect(page.getByText("You have until Wed, Jul 15, 2026; nothing is decided before.")).toBeVisible();
  await page.getByLabel("In your own words").fill(WORDS);
  const written = { ...LOG[2], words: WORDS };
  stub.state.answers.set(`POST /v1/alerts/${CASE_ID}/statement`, () => {
    const [one] = record().alerts;
    stub.state.answers.set("GET /v1/officers/E-10", {
      status: 200,
      body: record({ alerts: one ? [{ ...one, log: [...one.log, written] as typeof one.log }] : [] }),
    });
    return "drop";
  });
  await page.getByRole("button", { name: "Send the statement" }).click();
  await expect(page.getByText("It is not known whether it arrived.")).toBeVisible();
  // The browser itself repeats a request whose kept connection broke; the desk adds none to that.
  const sent = posted(stub, `/v1/alerts/${CASE_ID}/statement`);
  expect(sent[0]).toEqual({ text: WORDS, contest: false });
  await page.getByRole("button", { name: "Send the same again" }).click();
  await expect(page.getByLabel("In your own words")).toHaveValue("");
  expect(posted(stub, `/v1/alerts/${CASE_ID}/statement`)).toEqual(sent);
});

test("what an officer is writing outlives a reload", async ({ page, stub }) => {
  settle(stub, "officer");
  await open(page, stub, "/me");
  await page.getByLabel("In your own words").fill(WORDS);
  await reload(page);
  await expect(page.getByLabel("In your own words")).toHaveValue(WORDS);
});

test("coaching and goals: entered with a key, not about oneself", async ({ page, stub }) => {
  settle(stub);
  stub.state.answers.set("POST /v1/officers/E-10/coaching", {
    status: 201,
    body: { officer_id: "E-10", id: "x" },
  });
  await open(page, stub, "/officers/E-10");
  await page.getByText("Enter a coaching session").first().click();
  const form = page.getByRole("form", { name: "Enter a coaching session" });
  await form.getByLabel("Topic").fill("radio");
  await form.getByLabel("What was agreed").fill("Say the street first.");
  await form.getByRole("button", { name: "Record" }).click();
  await expect
    .poll(() => posted(stub, "/v1/officers/E-10/coaching"))
    .toEqual([{ held_on: "2026-07-07", topic: "radio", words: "Say the street first." }]);
  expect(stub.seen.find((asked) => asked.method === "POST")?.key).toMatch(/^[0-9a-f-]{36}$/);
  stub.state.me = { ...stub.state.me, officer: { id: "E-10", name: "Sam Sample" } };
  await reload(page);
  await expect(page.getByRole("heading", { name: "Goals" })).toBeVisible();
  await expect(page.getByText("Enter a coaching session")).toHaveCount(0);
});

test("a score whose parts do not make it says so", async ({ page, stub }) => {
  settle(stub);
  const body = view("Notified", []);
  if (body.score)
    stub.state.answers.set(`GET /v1/alerts/${CASE_ID}`, {
      status: 200,
      body: { ...body, score: { ...body.score, s: 1.8 } },
    });
  await open(page, stub, `/alerts/${CASE_ID}`);
  await expect(page.getByRole("alert")).toContainText("These parts do not make the score.");
});

test("a case on paper: reasons, events, words and log, no form and no navigation", async ({ page, stub }) => {
  settle(stub);
  await open(page, stub, `/alerts/${CASE_ID}`);
  await expect(page.locator(".sum-chart")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  for (const shown of [".sum-chart", ".sentence", ".statement", ".log", ".caution"]) {
    await expect(page.locator(shown).first(), shown).toBeVisible();
  }
  await expect(page.locator("form:visible, nav:visible, button:visible")).toHaveCount(0);
});
