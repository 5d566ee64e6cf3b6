// What a browser fetches for each view and how soon there is something to read, on a station PC and on a patrol laptop in a car,
// measured and printed as the table of desk/README.md. Held are the bytes and what axe finds; times are those of the machine that
// runs the test.
import type { CDPSession, Page } from "@playwright/test";
import { expect, open, test, violations } from "./desk";
import { settle } from "./officers";
import { CASE_ID } from "./stub/personnel";

/** Bytes on the wire before a view stands, with the sign-in; the map is not among them. */
const BUDGET = 150_000;

/** A patrol laptop as Lighthouse thinks of a slow device: a quarter of the speed, 1.6 Mbit/s, 150 ms there and back. */
const LAPTOP = { slower: 4, bytesPerSecond: 200_000, latency: 150 };
const STATION = { slower: 1, bytesPerSecond: -1, latency: 0 };

const VIEWS: readonly [string, "dispatch" | "commander" | "officer" | "analyst", string][] = [
  ["today's updates", "dispatch", "/updates"],
  ["one call", "dispatch", "/incidents/26-048219"],
  ["alerts", "commander", "/alerts"],
  ["one alert", "commander", `/alerts/${CASE_ID}`],
  ["an officer's own page", "officer", "/me"],
  ["statistics", "analyst", "/statistics"],
  ["last nights", "analyst", "/nights"],
];

const MACHINES = [
  ["station PC", STATION, VIEWS],
  ["patrol laptop", LAPTOP, VIEWS.filter(([, role]) => role !== "analyst")],
] as const;

for (const [machine, limits, views] of MACHINES) {
  for (const [name, role, view] of views) {
    test(`${machine}: ${name}`, async ({ page, stub }) => {
      if (role !== "dispatch") settle(stub, role);
      const session = await page.context().newCDPSession(page);
      await slow(session, limits);
      const fetched = count(session);
      await open(page, stub, view);
      await expect(page.locator(".busy")).toHaveCount(0);
      const { first, largest } = await paints(page);
      const { files, bytes } = fetched();
      await slow(session, STATION); // What axe takes is no figure.
      console.log(`| ${machine} | ${name} | ${files} | ${bytes} | ${first} | ${largest} |`);
      expect(first).toBeGreaterThan(0);
      expect(largest).toBeGreaterThanOrEqual(first);
      expect(bytes).toBeGreaterThan(20_000);
      expect(bytes).toBeLessThan(BUDGET);
      expect(await violations(page)).toEqual([]);
    });
  }
}

async function slow(session: CDPSession, { slower, bytesPerSecond, latency }: typeof LAPTOP): Promise<void> {
  await session.send("Network.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
  const speed = { downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  await session.send("Network.emulateNetworkConditions", { offline: false, latency, ...speed });
}

/** Counts what comes over the wire from now on, headers and answers of the API among it. */
function count(session: CDPSession): () => { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    files += encodedDataLength > 0 ? 1 : 0;
    bytes += encodedDataLength;
  });
  return () => ({ files, bytes: Math.round(bytes) });
}

/** When the page that came back from the sign-in painted first, and its largest part; milliseconds. */
function paints(page: Page): Promise<{ first: number; largest: number }> {
  return page.evaluate(async () => {
    // The browser hands an entry out when the frame was shown, which may be after the page is asked for it.
    const last = (type: string, wanted = (_: PerformanceEntry) => true) =>
      new Promise<number>((found) => {
        new PerformanceObserver((list) => {
          const entry = list.getEntries().filter(wanted).at(-1);
          if (entry !== undefined) found(Math.round(entry.startTime));
        }).observe({ type, buffered: true });
      });
    const first = await last("paint", ({ name }) => name === "first-contentful-paint");
    return { first, largest: await last("largest-contentful-paint") };
  });
}
