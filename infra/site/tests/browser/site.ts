// What every browser test starts from: the served page, and a watch over what must never happen.
import { test as base, expect, type Page } from "@playwright/test";
import { serve } from "../server.mjs";

interface Watch {
  /** Console errors the test means to cause. */
  readonly expected: RegExp[];
}

/** Tests with `url`, the address of the server, and a watch over console, hosts and policy. */
export const test = base.extend<{ watch: Watch }, { url: string }>({
  url: [
    // biome-ignore lint/correctness/noEmptyPattern: the form Playwright wants
    async ({}, use) => {
      const { url, close } = await serve();
      await use(url);
      close();
    },
    { scope: "worker" },
  ],
  watch: [
    async ({ page, url }, use) => {
      const seen: string[] = [];
      const watch: Watch = { expected: [] };
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") seen.push(message.text());
      });
      page.on("pageerror", (error) => seen.push(`${error}`));
      page.on("request", (request) => {
        const address = request.url();
        if (!address.startsWith(`${url}/`) && !/^(data|blob):/.test(address)) seen.push(`asked ${address}`);
      });
      await page.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
        });
      });
      await use(watch);
      const unexpected = seen.filter((line) => !watch.expected.some((words) => words.test(line)));
      expect(unexpected).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Opens a publication and waits until everything asked for is drawn. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await drawn(page);
}

/** Waits for the map's idle event. */
export async function drawn(page: Page): Promise<void> {
  await expect(page.locator("#map")).toHaveAttribute("data-state", "idle");
}

/** Share of the map's pixels within a small distance of a colour. */
export async function share(page: Page, colour: readonly [number, number, number]): Promise<number> {
  const picture = (await page.locator("#map canvas").first().screenshot()).toString("base64");
  return page.evaluate(
    async ([text, wanted]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        const far = wanted.some((value, channel) => Math.abs(value - (data[i + channel] ?? 0)) > 12);
        if (!far) found += 1;
      }
      return found / (data.length / 4);
    },
    [picture, colour] as const,
  );
}

/** Opens a publication in a browser without WebGL, where the page is ready sooner: for tests of the table alone. */
export async function openTable(page: Page, address: string): Promise<void> {
  await page.addInitScript(() => {
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      kind: string,
      ...rest: unknown[]
    ) {
      return kind.startsWith("webgl") ? null : Reflect.apply(get, this, [kind, ...rest]);
    } as typeof get;
  });
  await page.goto(address);
  await expect(page.locator("#map")).toContainText("cannot draw the map");
}
