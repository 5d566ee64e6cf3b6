// What every browser test of the desk starts from: a watch over what must never happen, and signing in.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test as base, expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { start } from "./stub/server";

export { expect };

export interface Watch {
  /** Console errors that the test means to cause. */
  readonly expected: RegExp[];
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

type Stub = Awaited<ReturnType<typeof start>>;

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
