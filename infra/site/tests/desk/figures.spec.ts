// What a station's browser fetches and how soon there is something to read, measured and printed. Held are the bytes; times
// are those of the machine that runs the test.
import { gzipSync } from "node:zlib";
import { expect, open, test } from "./desk";

/** Gzipped bytes before the first view stands, the map not among them. */
const BUDGET = 150_000;

test("the first view: bytes, requests, paint", async ({ page, stub }) => {
  const bodies: Promise<number>[] = [];
  page.on("response", (response) => {
    if (!response.url().startsWith(`${stub.url}/desk/`)) return;
    bodies.push(
      response.body().then(
        (body) => gzipSync(body, { level: 9 }).length,
        () => 0,
      ),
    );
  });
  await open(page, stub, "/updates");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    rows: performance.now(),
  }));
  const sizes = await Promise.all(bodies);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(
    `first view: ${sizes.length} files, ${bytes} bytes gzipped; ` +
      `first paint ${Math.round(times.paint)} ms, rows before ${Math.round(times.rows)} ms after the redirect`,
  );
  expect(bytes).toBeGreaterThan(20_000);
  expect(bytes).toBeLessThan(BUDGET);
});
