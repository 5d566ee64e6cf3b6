// The views of updates: what a dispatcher, a records clerk and victim services do with them.
import { expect, open, test } from "./desk";

const PHONE = "218-555-0123";
const posted = (seen: readonly { method: string; path: string; body: string }[], path: string) =>
  seen.filter((one) => one.path === path && one.method !== "GET").map(({ body }) => JSON.parse(body));

test("a telephone number is looked for in a body, never in an address", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(PHONE);
  await page.keyboard.press("Enter");
  await expect(page.getByText("in which …0123 got an update")).toBeVisible();
  await page.getByRole("button", { name: "Open incident" }).click();
  await expect(page.getByText("That looks like a phone number")).toBeVisible();
  expect(page.url()).toBe(`${stub.url}/desk/#/updates`);
  expect(posted(stub.seen, "/v1/updates/search")).toEqual([{ address: PHONE }]);
  expect(stub.seen.filter(({ path }) => path.includes("555"))).toEqual([]);
});

test("the shortcut works from the moment the search is there", async ({ page, stub }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("#search")) return;
      observer.disconnect();
      dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
    }).observe(document, { childList: true, subtree: true });
  });
  await open(page, stub, "/updates");
  await expect(page.locator("#search")).toBeFocused();
});

test("a number opens its call or case", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  await page.locator("#search").fill("26-048219");
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("Incident 26-048219");
  await page.goBack();
  await page.locator("#search").fill("26-1234");
  await page.getByRole("button", { name: "Open case" }).click();
  await expect(page.locator("h1")).toHaveText("Case 26-1234");
});

test("what is not a call may be a case", async ({ page, stub, watch }) => {
  watch.expected.push(/404/);
  stub.state.answers.set("GET /v1/incidents/26-1234/updates", {
    status: 404,
    body: { detail: "there is no such call" },
  });
  await open(page, stub, "/incidents/26-1234");
  await expect(page.getByRole("alert")).toContainText("there is no such call");
  await page.getByRole("link", { name: "Look for a case with the number 26-1234" }).click();
  await expect(page.locator("h1")).toHaveText("Case 26-1234");
});

test("the day can be narrowed and turned back", async ({ page, stub }) => {
  await open(page, stub, "/updates");
  await expect(page.getByRole("rowheader")).toHaveCount(10);
  await page.getByLabel("What became of it").selectOption("suppressed");
  await page.getByRole("button", { name: "Day before" }).click();
  await expect(page.getByText("Mon, Jul 6, 2026").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Day after" })).toBeEnabled();
  const last = () => stub.seen.filter(({ path }) => path.startsWith("/v1/updates?")).at(-1)?.path;
  await expect.poll(last).toBe("/v1/updates?date=2026-07-06&state=suppressed&limit=100");
});

test("every withheld decision says why in a sentence", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  const withheld = page.locator(".entry-suppressed");
  await expect(withheld).toContainText("Investigator assigned");
  await expect(withheld).toContainText("nothing is sent unless victim services confirmed a safe way");
  await expect(page.locator(".entry-deferred").first()).toContainText("It waits until Jul 7, 08:00.");
  await expect(page.getByText("It is held until its investigator")).toBeVisible();
  await withheld.getByText("1 step").click();
  await expect(withheld).toContainText("updates.toml: latch_days");
  await expect(page.locator(".said")).toHaveAttribute("lang", "es");
});

test("a message is shown before it is sent", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await expect(page.getByLabel("To", { exact: true })).toBeFocused();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill("Por favor llame.");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText("Goes out now")).toBeVisible();
  await expect(preview.locator("blockquote")).toHaveText(/^Example City Police: Por favor llame\..*STOP/);
  await expect(preview.locator("blockquote")).toHaveAttribute("lang", "es");
  await expect(preview).toContainText("Spanish");
  await expect(preview).toContainText("1 text part · 97 of 160 characters");
  await page.getByLabel("Your words").fill("x".repeat(150));
  await expect(preview).toContainText("Too long: at most 1 part.");
});

test("quiet hours and a latch offer what may be chosen, and the choice is what is sent", async ({
  page,
  stub,
}) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill("quiet: please call");
  await expect(page.getByText("Waits until Jul 7, 08:00")).toBeVisible();
  await page.getByRole("button", { name: "Let it wait until quiet hours end" }).click();
  await expect(page.getByLabel("May wait for the end of quiet hours")).toBeChecked();

  await page.getByLabel("Your words").fill("latch: please call");
  await expect(page.getByText("Would not go out")).toBeVisible();
  await page.getByRole("button", { name: "Send it all the same, with a reason" }).click();
  await page.getByLabel("Why it goes out all the same").fill("spoke to her at the shelter");
  await expect(page.getByText("Goes out now")).toBeVisible();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  expect(posted(stub.seen, "/v1/cases/26-1234/messages").filter((body) => !body.preview)).toEqual([
    { person: "v", text: "latch: please call", wait: true, override_reason: "spoke to her at the shelter" },
  ]);
});

test("a refusal says its reason and what there is to choose", async ({ page, stub, watch }) => {
  watch.expected.push(/409/);
  await open(page, stub, "/incidents/26-048219");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("To", { exact: true }).selectOption("v");
  await page.getByLabel("Your words").fill("Please call.");
  await expect(page.getByText("Goes out now")).toBeVisible();
  stub.state.answers.set("POST /v1/incidents/26-048219/messages", ({ body }) =>
    JSON.parse(body).preview
      ? undefined
      : {
          status: 409,
          body: {
            title: "Not sent",
            detail: "it would not go out",
            reason: "contact_no_text",
            choices: [
              { choice: "email", detail: "…" },
              { choice: "call", detail: "…" },
            ],
          },
        },
  );
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const form = page.locator("form.form");
  await expect(form).toContainText("This person asked not to be texted.");
  await form.getByRole("button", { name: "Send it by e-mail" }).click();
  await expect(page.getByLabel("Way")).toHaveValue("email");
});

test("a victim who did not call", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Sample Person");
  await page.getByLabel("Phone number").fill(PHONE);
  await page.getByLabel("Agreed to texts").check();
  await page.getByLabel("Language").last().selectOption("es");
  await page.getByLabel("How you know that they agreed").fill("asked by telephone");
  const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  expect(kept).toContain("asked by telephone");
  expect(kept).not.toContain("Sample Person");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await expect(page.getByText("Entered. What may be told")).toBeVisible();
  expect(posted(stub.seen, "/v1/cases/26-1234/people")).toEqual([
    {
      role: "victim",
      name: "Sample Person",
      phone: PHONE,
      language: "es",
      channels: ["text"],
      basis: "asked by telephone",
    },
  ]);
});

test("held news is let go after a warning", async ({ page, stub }) => {
  await open(page, stub, "/cases/26-1234");
  await page.getByRole("button", { name: "Release held news" }).click();
  await expect(page.getByText("Release it only if you know that it does not")).toBeVisible();
  expect(posted(stub.seen, "/v1/cases/26-1234/release")).toEqual([]);
  await page.getByRole("button", { name: "Release", exact: true }).click();
  await expect(page.getByText("Released at")).toBeVisible();
  expect(posted(stub.seen, "/v1/cases/26-1234/release")).toHaveLength(1);
});

test("a contact: what stands in the way, a safe way, a revocation", async ({ page, stub }) => {
  await open(page, stub, "/contacts");
  await page.getByLabel("Phone number or e-mail address").fill(PHONE);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Safety latch until Tue, Sep 1, 2026")).toBeVisible();
  await expect(page.getByText("No texts, until Sun, Jan 31, 2027")).toBeVisible();
  await expect(page.getByText("Surveys, received May 2, 10:00 by text")).toBeVisible();
  await page.getByLabel("A safe way").check();
  await page.getByLabel("Until").fill("2026-08-01");
  await page.getByLabel("For the case").fill("26-1234");
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await expect(page.getByText("Entered.")).toBeVisible();
  await page.getByLabel("“Stop”").check();
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await expect(page.getByText("Entered.")).toBeVisible();
  const entered = posted(stub.seen, "/v1/contacts");
  expect(entered[0]).toEqual({
    address: PHONE,
    confirmed_safe: { channel: "text", until: "2026-08-02T04:59:59Z" },
    case_number: "26-1234",
  });
  expect(entered[1]).toEqual({
    address: PHONE,
    revocation: { scope: "all", received_at: "2026-07-07T08:04:00Z" },
  });
});

test("only victim services and admins are offered a safe way", async ({ page, stub }) => {
  stub.state.me = { roles: ["records"] };
  await open(page, stub, "/contacts");
  await page.getByLabel("Phone number or e-mail address").fill(PHONE);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("A wish about contact")).toBeVisible();
  await expect(page.getByLabel("A safe way")).toHaveCount(0);
});

test("tasks: the overdue alone, one ended", async ({ page, stub }) => {
  await open(page, stub, "/tasks");
  await expect(page.getByRole("article")).toHaveCount(4); // the page and three tasks
  await page.getByLabel("1 overdue").check();
  const task = page.getByRole("article", { name: "A reply may be an emergency" });
  await expect(task).toContainText("He is back please hurry");
  await expect(task.getByRole("link", { name: "26-048219" })).toHaveAttribute(
    "href",
    "#/incidents/26-048219",
  );
  await expect(task).toContainText("Overdue: was due 9 min. ago, Jul 7, 02:55");
  await expect(page.getByRole("article", { name: "Tell a victim" })).toHaveCount(0);
  await task.getByLabel("Officers sent").check();
  await task.getByRole("button", { name: "End the task" }).click();
  await expect(task.getByText("Done")).toBeVisible();
  expect(posted(stub.seen, "/v1/tasks/t1/done")).toEqual([{ outcome: "officers_sent" }]);
});

test("pausing everything takes two steps, a kind one; lifting names what it lifts", async ({
  page,
  stub,
}) => {
  await open(page, stub, "/pause");
  await page.getByLabel("Why").fill("wrong texts");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("callers who are waiting included")).toBeVisible();
  expect(posted(stub.seen, "/v1/pause")).toEqual([]);
  stub.state.me = { pauses: [{ scope: "all", since: "2026-07-07T08:04:00Z", reason: "wrong texts" }] };
  await page.getByRole("button", { name: "Pause everything" }).click();
  await expect(page.getByRole("region", { name: "Paused updates" })).toContainText("All updates are paused");
  stub.state.me = {};
  await page.getByRole("button", { name: "Lift" }).click();
  await expect(page.getByRole("region", { name: "Paused updates" })).toHaveCount(0);
  await page.getByLabel("One kind").check();
  await page.getByLabel("Update", { exact: true }).selectOption("survey");
  await page.getByLabel("Why").fill("wrong link");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByLabel("Why")).toHaveValue("");
  expect(posted(stub.seen, "/v1/pause")).toEqual([
    { scope: "all", on: true, reason: "wrong texts" },
    { scope: "all", on: false },
    { scope: "kind", value: "survey", on: true, reason: "wrong link" },
  ]);
});
