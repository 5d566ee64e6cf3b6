// The main path of each role that works with callers and victims, against the real functions over the sample city: the
// day that `events/demo/` tells. Tests share one stack: each works on a call or case of its own.
import { asksWith } from "../desk";
import { STACK_URL } from "./address";
import { expect, signIn, test, visit } from "./stack";

test("dispatch: yesterday, a number that a caller tells, why nothing was sent", async ({ page }) => {
  await signIn(page, "dispatch", "/updates");
  await page.getByRole("button", { name: "Day before" }).click();
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  expect(await page.getByRole("rowheader").count()).toBeGreaterThan(20);
  await page.locator("#search").fill("218-555-0133");
  await page.getByRole("button", { name: "Find address" }).click();
  await expect(page.getByText("in which …0133 got an update")).toBeVisible();
  await page.getByRole("link", { name: "26-048163" }).first().click();
  await expect(page.locator("h1")).toHaveText("Incident 26-048163");
  await expect(page.locator(".entry-suppressed").first()).toContainText(
    "nothing is sent unless victim services confirmed a safe way",
  );
  await expect(page.locator(".entry-accepted, .entry-delivered")).toHaveCount(0);
});

test("dispatch: a message to a caller, previewed and stored once", async ({ page }) => {
  await signIn(page, "dispatch", "/incidents/26-048171");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("Your words").fill("We found your keys.");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.locator("blockquote").first()).toContainText("We found your keys.");
  await expect(preview).toContainText(/\d text part · \d+ of 160 characters/);
  await page.getByLabel("May wait for the end of quiet hours").check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText("Stored. This is what becomes of it:")).toBeVisible();
  await expect(page.locator(".entry", { hasText: "Message of staff" })).toHaveCount(1);
});

test("dispatch: an opt-out is no matter of choice", async ({ page, watch }) => {
  watch.expected.push(/409/);
  await signIn(page, "dispatch", "/incidents/26-048118");
  await page.getByRole("button", { name: "Write a message" }).click();
  await page.getByLabel("Your words").fill("Please call us back.");
  await expect(page.getByText("Would not go out")).toBeVisible();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const form = page.locator("form.form");
  await expect(form).toContainText("replied STOP or asked in another way");
  await expect(form).toContainText("Speak to the person, in a way you know to be safe");
});

test("records: a victim who did not call", async ({ page }) => {
  await signIn(page, "records", "/cases/26-1192");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("Phone number").fill("218-555-0157");
  await page.getByLabel("Agreed to texts").check();
  await page.getByLabel("Language", { exact: true }).last().selectOption("es");
  await page.getByLabel("How you know that they agreed").fill("asked by telephone");
  await page.getByRole("button", { name: "Add to the case" }).click();
  await expect(page.getByText("Entered. What may be told")).toBeVisible();
  await expect(page.getByRole("table", { name: "People" })).toContainText("…0157");
});

test("investigator: the own case with its held news, and nobody else's call", async ({ page, watch }) => {
  watch.expected.push(/404/);
  await signIn(page, "investigator", "/cases/26-1192");
  await expect(page.getByText("It is held until its investigator").first()).toBeVisible();
  await page.getByRole("button", { name: "Release held news" }).click();
  await page.getByRole("button", { name: "Release", exact: true }).click();
  await expect(page.getByText("Released at")).toBeVisible();
  await visit(page, "/incidents/26-048101");
  await expect(page.getByRole("alert")).toContainText("Not found.");
});

test("victim services: a latched number, a safe way, and no address kept", async ({ page }) => {
  await signIn(page, "victim_services", "/contacts");
  await page.getByLabel("Phone number or e-mail address").fill("218-555-0133");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Safety latch until")).toBeVisible();
  await page.getByLabel("A safe way").check();
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await expect(page.getByText("Confirmed as a safe way for news of the case: text")).toBeVisible();
});

test("dispatch: a reply that may be an emergency is a task, and ended once", async ({ page, request }) => {
  const text = { from: "+12185550111", body: "he is back please help" };
  await request.post(`${STACK_URL}/_local/inbound-text`, { data: text });
  await request.post(`${STACK_URL}/_local/drain`);
  await signIn(page, "dispatch", "/tasks");
  const emergencies = page.getByRole("article", { name: "A reply may be an emergency" });
  const task = emergencies.filter({ hasText: text.body });
  await expect(task).toContainText("…0111");
  await task.getByLabel("Officers sent").check();
  await task.getByRole("button", { name: "End the task" }).click();
  await expect(task.getByText("Done")).toBeVisible();
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(task).toHaveCount(0);
});

test("admin: every role's tasks, and the release of a charge", async ({ page }) => {
  await signIn(page, "admin", "/tasks");
  await expect(page.locator("h1")).toHaveText("Tasks");
  await visit(page, "/cases/26-1187");
  await expect(page.getByRole("button", { name: "Release held news" })).toBeVisible();
});

test("commander: a pause that everybody sees until it is lifted", async ({ page, browser }) => {
  await signIn(page, "commander", "/pause");
  await page.getByLabel("One kind").check();
  await page.getByLabel("Update", { exact: true }).selectOption("survey");
  await page.getByLabel("Why").fill("wrong link");
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const banner = page.getByRole("region", { name: "Paused updates" });
  await expect(banner).toContainText("Paused: Survey");
  const other = await (await browser.newContext()).newPage();
  await signIn(other, "analyst");
  await expect(other.getByRole("region", { name: "Paused updates" })).toContainText("wrong link");
  await expect(other.getByRole("link", { name: "Change" })).toHaveCount(0);
  await other.close();
  await page.getByRole("button", { name: "Lift" }).click();
  await expect(banner).toHaveCount(0);
});

test("auditor: reads every record, and is offered nothing to do", async ({ page }) => {
  await signIn(page, "auditor", "/cases/26-1187");
  await expect(page.locator(".entry").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Write a message" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add a person" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Release held news" })).toHaveCount(0);
});

test("signing out ends the provider's session as well", async ({ page }) => {
  await signIn(page, "records", "/updates");
  await page.unroute("**/_local/oidc/authorize?*");
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("status")).toHaveText("You are signed out.");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: /auditor/i })).toBeVisible();
});

test("a token near its end is renewed at the provider, and the API takes the next", async ({ page }) => {
  await page.clock.install();
  await signIn(page, "records", "/updates");
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/_local/oidc/token"));
  await page.clock.fastForward("14:00");
  const { access_token: token } = (await (await answered).json()) as { access_token: string };
  await asksWith(page, token);
  const read = page.waitForResponse((answer) => answer.url().includes("/v1/tasks"));
  await visit(page, "/tasks");
  const answer = await read;
  expect(await answer.request().headerValue("authorization")).toBe(`Bearer ${token}`);
  expect(answer.status()).toBe(200);
});

test("a token that the authorizer refuses: the desk asks to sign in again, and is back", async ({
  page,
  watch,
}) => {
  watch.expected.push(/401/);
  await signIn(page, "auditor", "/updates");
  await page.route("**/v1/cases/**", (route) =>
    route.continue({ headers: { ...route.request().headers(), authorization: "Bearer e30.e30.e30" } }),
  );
  await visit(page, "/cases/26-1187");
  await expect(page.getByRole("alert").first()).toContainText("Your sign-in has ended.");
  await page.unroute("**/v1/cases/**");
  await page.getByRole("button", { name: "Sign in again" }).click();
  await expect(page.locator(".entry").first()).toBeVisible();
});
