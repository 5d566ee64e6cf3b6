// Who is shown what: the API's table of roles, the answer of the running API, and what the browser shows are one.
import { readFileSync } from "node:fs";
import { STACK_URL } from "./address";
import { expect, ROLES, type Role, signIn, test, visit } from "./stack";

/** What the navigation lists for which route; written by hand, so that the desk does not check itself. */
const LISTED: readonly [string, string][] = [
  ["/updates", "GET /v1/updates"],
  ["/tasks", "GET /v1/tasks"],
  ["/contacts", "POST /v1/contacts/search"],
  ["/pause", "POST /v1/pause"],
  ["/alerts", "GET /v1/alerts"],
  ["/officers", "GET /v1/officers"],
  ["/reports", "GET /v1/reports/{name}"],
  ["/patrol", "GET /v1/patrol/{date}"],
  ["/statistics", "GET /v1/statistics/{date}"],
  ["/nights", "GET /v1/nights"],
  ["/policy", "GET /v1/policy"],
];

/** The roles that docs/staff-roles.md lets in at an address, to whatever extent. */
function admitted(): ReadonlyMap<string, ReadonlySet<string>> {
  const table = readFileSync(new URL("../../../../../docs/staff-roles.md", import.meta.url), "utf8");
  const rows = table.matchAll(/^\| `([^`]+)` \| ([^|]*) \| ([^|]*) ?\|$/gm);
  return new Map(
    [...rows].map(([, route = "", may = "", hidden = ""]) => {
      const relations = `${may}, ${hidden}`.split(",").map((one) => one.trim().split(" ")[0] ?? "");
      return [route, new Set(relations.filter((role) => role !== ""))];
    }),
  );
}

for (const role of ROLES) {
  test(`${role}: navigation, the API's own word and the table are one`, async ({ page }) => {
    const me = await signIn(page, role);
    expect(me.roles).toEqual([role]);
    const table = admitted();
    expect(table.size).toBeGreaterThan(25);
    const byTable = [...table].filter(([, roles]) => roles.has(role)).map(([route]) => route);
    expect([...me.may].sort()).toEqual(byTable.sort());
    const links = await page
      .getByRole("navigation")
      .getByRole("link")
      .evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    for (const [view, route] of LISTED) {
      expect(links.includes(`#${view}`), `${view} by ${route}`).toBe(me.may.includes(route));
    }
  });

  test(`${role}: what is not open stays closed, and is not even asked for`, async ({ page }) => {
    const me = await signIn(page, role, "/elsewhere"); // A view that asks for nothing.
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const closed = LISTED.filter(([, route]) => !me.may.includes(route));
    for (const [view] of closed) {
      await visit(page, view);
      await expect(page.locator("h1"), view).toHaveText("Not for your role");
    }
    expect(asked.filter((path) => path.startsWith("/v1/") && path !== "/v1/me")).toEqual([]);
  });
}

test("the provider's page offers everybody by a button", async ({ page }) => {
  await page.goto(`${STACK_URL}/desk/`);
  await expect(page.getByRole("button")).toHaveCount(ROLES.length);
  await page.getByRole("button", { name: /dispatch/i }).click();
  await expect(page.locator("#view h1")).toHaveText("Today’s updates");
});

/** The forbidden address of each role, asked of the API with the token in hand: what the desk hides, the API refuses. */
const FORBIDDEN: Readonly<Record<Role, string>> = {
  dispatch: "/v1/alerts",
  records: "/v1/alerts",
  investigator: "/v1/officers",
  victim_services: "/v1/officers",
  officer: "/v1/tasks",
  supervisor: "/v1/tasks",
  commander: "/v1/tasks",
  internal_affairs: "/v1/tasks",
  analyst: "/v1/tasks",
  auditor: "/v1/tasks",
  admin: "/v1/alerts",
};

for (const role of ROLES) {
  test(`${role}: the API refuses what the desk does not show`, async ({ page }) => {
    const sent = page.waitForRequest((request) => request.url().endsWith("/v1/me"));
    await signIn(page, role);
    const authorization = (await sent).headers().authorization ?? "";
    const answer = await page.request.get(new URL(FORBIDDEN[role], page.url()).href, {
      headers: { authorization },
    });
    expect(answer.status()).toBe(403);
  });
}
