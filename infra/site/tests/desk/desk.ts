// What every browser test of the desk starts from: a watch over what must never happen, and signing in.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test as base, type CDPSession, expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { start } from "./stub/server";

export { expect };

export interface Watch {
  /** Console errors that the test means to cause. */
  readonly expected: RegExp[];
}

/**
 * A slower world, to find tests that take what a server was asked, or answered, for what the page already knows: they pass on
 * a quick machine and fail on a busy one. DESK_LATE: milliseconds by which each answer is late; DESK_SLOW: how many times
 * slower the page computes.
 */
const LATE = Number(process.env.DESK_LATE ?? 0);
const SLOW = Number(process.env.DESK_SLOW ?? 1);

/** The browser's debugger, one for a page: of two, either forgets what the other set. */
const debuggers = new WeakMap<Page, Promise<CDPSession>>();
function debuggerOf(page: Page): Promise<CDPSession> {
  const found = debuggers.get(page) ?? page.context().newCDPSession(page);
  debuggers.set(page, found);
  return found;
}

/** Cuts the page from every server, or joins it again. */
export async function cut(page: Page, offline: boolean): Promise<void> {
  const conditions = { offline, latency: LATE, downloadThroughput: -1, uploadThroughput: -1 };
  await (await debuggerOf(page)).send("Network.emulateNetworkConditions", conditions);
}

async function slow(page: Page): Promise<void> {
  if (LATE > 0) await cut(page, false);
  if (SLOW > 1) await (await debuggerOf(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOW });
}

/** Fails a test whose page complains, asks another host, breaks its policy, or keeps or shows what it must not. */
export async function watched(page: Page, origin: () => string, use: (watch: Watch) => Promise<void>) {
  const seen: string[] = [];
  const watch: Watch = { expected: [] };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") seen.push(message.text());
  });
  page.on("pageerror", (error) => seen.push(`${error}`));
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(`${origin()}/`) && !/^(data|blob):/.test(address)) seen.push(`asked ${address}`);
    if (holdsAddress(address)) seen.push(`personal data in ${address}`);
  });
  page.on("framenavigated", (frame) => {
    if (holdsAddress(frame.url())) seen.push(`personal data in ${frame.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await slow(page);
  await use(watch);
  const kept = await page
    .evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    .catch(() => "");
  if (/eyJ|\.ey|218.?555|@example/.test(kept)) seen.push(`kept ${kept}`);
  const unexpected = seen.filter((line) => !watch.expected.some((words) => words.test(line)));
  expect(unexpected).toEqual([]);
}

/** A telephone number or e-mail address of the samples, in whatever spelling. */
function holdsAddress(address: string): boolean {
  return /218\D{0,3}555\D{0,3}01\d\d|example\.com/.test(decodeURIComponent(address));
}

export type Stub = Awaited<ReturnType<typeof start>>;

/** Tests against the stub. */
export const test = base.extend<{ stub: Stub; watch: Watch }>({
  // biome-ignore lint/correctness/noEmptyPattern: the form Playwright wants
  stub: async ({}, use) => {
    const stub = await start();
    await use(stub);
    stub.close();
  },
  watch: [async ({ page, stub }, use) => watched(page, () => stub.url, use), { auto: true }],
});

/** Opens a view; the stub's provider signs in whoever comes. */
export async function open(page: Page, stub: Stub, view: string): Promise<void> {
  await page.goto(`${stub.url}/desk/#${view}`);
  await expect(page.locator("#view h1")).toBeVisible();
}

/** Keeps what is asked of these addresses waiting until it is released. */
export async function hold(page: Page, addresses: string): Promise<{ release(): void }> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(addresses, async (route) => {
    await released;
    await route.continue();
  });
  return { release };
}

/** Goes to another view of the page that is open, until the page has drawn its frame. */
export async function go(page: Page, view: string): Promise<void> {
  await page.evaluate(
    (address) =>
      new Promise<void>((drawn) => {
        if (location.hash === address) return drawn();
        addEventListener("hashchange", () => setTimeout(drawn), { once: true });
        location.hash = address;
      }),
    `#${view}`,
  );
}

/** Reloads the page, until the one before is gone. `page.reload` fails where the next leaves for the provider at once. */
export async function reload(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.dataset.before = "yes";
    location.reload();
  });
  await expect(page.locator("html:not([data-before])")).toBeAttached();
}

/** Until the page asks the API with this token: the provider gave it out before the page had it. */
export async function asksWith(page: Page, token: string | undefined): Promise<void> {
  await expect(async () => {
    const answered = page.waitForResponse("**/v1/me");
    await page.evaluate(() => dispatchEvent(new Event("online"))); // The desk then reads again who is signed in.
    const answer = await answered;
    await answer.finished();
    expect(await answer.request().headerValue("authorization")).toBe(`Bearer ${token}`);
  }).toPass();
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = fileURLToPath(new URL("../../../../target/desk-screenshots/", import.meta.url));

/** What axe finds. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(AXE);
  const found = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** A picture of the whole page. */
export async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true, animations: "disabled" });
}
