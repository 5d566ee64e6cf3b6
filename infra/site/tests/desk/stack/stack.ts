// Tests against the real functions over the sample city: signing in as one of its people, through the provider's page.
import { test as base, expect, type Page } from "@playwright/test";
import type { Me } from "../../../desk/src/api/me";
import { go, type Watch, watched } from "../desk";
import { STACK_URL } from "./address";

export { expect };

export const ROLES = [
  "dispatch",
  "records",
  "investigator",
  "victim_services",
  "officer",
  "supervisor",
  "commander",
  "internal_affairs",
  "analyst",
  "auditor",
  "admin",
] as const;
export type Role = (typeof ROLES)[number];

/** Subjects of the local provider's people. */
const ACCOUNTS: Readonly<Record<Role, string>> = {
  dispatch: "pat.console",
  records: "rae.ledger",
  investigator: "jo.specimen",
  victim_services: "vic.harbor",
  officer: "e-1053",
  supervisor: "e-1048",
  commander: "e-1002",
  internal_affairs: "e-1004",
  analyst: "ana.raster",
  auditor: "otto.review",
  admin: "sam.rack",
};

export const test = base.extend<{ watch: Watch }>({
  watch: [async ({ page }, use) => watched(page, () => STACK_URL, use), { auto: true }],
});

/** Opens a view as a person of this role; tells what the API said of them. */
export async function signIn(page: Page, role: Role, view = "/"): Promise<Me> {
  // The provider's own parameter for "who": its page with the buttons is not asked again in every test.
  await page.route("**/_local/oidc/authorize?*", (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set("login_hint", `${ACCOUNTS[role]}@police.example.gov`);
    return route.continue({ url: url.href });
  });
  const answered = page.waitForResponse((response) => response.url() === `${STACK_URL}/v1/me`);
  await page.goto(`${STACK_URL}/desk/#${view}`);
  const me = (await (await answered).json()) as Me;
  await expect(page.locator("#view h1")).toBeVisible();
  return me;
}

/** Goes to another view of the same page. */
export async function visit(page: Page, view: string): Promise<void> {
  await go(page, view);
  await expect(page.locator("#view h1")).toBeVisible();
  await expect(page.locator(".busy")).toHaveCount(0);
}
