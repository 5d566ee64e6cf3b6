// Makes the pictures of the README from the demonstration, so that they show what the code does: docs/pictures/*.webp.
//
//   cargo build --bin precinct && npm --prefix infra/site run build && npm --prefix infra/site run pictures
//
// PRECINCT is the binary (default target/debug/precinct), CHROMIUM the browser. Everything else is made on the way, under
// target/pictures; a picture of more than 150 kB is refused.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const precinct = resolve(root, process.env.PRECINCT ?? "target/debug/precinct");
const work = join(root, "target/pictures");
const pictures = join(root, "docs/pictures");
const LIMIT = 150_000;

const run = (...parts) =>
  execFileSync(precinct, parts, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

/** Runs `precinct serve` with `more` arguments until `use` is done with its address. */
async function served(more, use) {
  const server = spawn(precinct, ["serve", "--port", "8949", ...more], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await new Promise((ready, failed) => {
      server.stdout.on("data", (text) => String(text).includes("secret") && ready());
      server.on("exit", (code) => failed(new Error(`precinct serve ended with ${code}`)));
    });
    await use("http://127.0.0.1:8949");
  } finally {
    server.kill("SIGINT");
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
  ],
});

/** A page that may load nothing but what this machine serves. */
async function page(width, height) {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: 1.5,
    colorScheme: "light",
  });
  await context.route(/^https?:\/\/(?!127\.0\.0\.1)/, (route) => route.abort());
  return context.newPage();
}

/** Writes what `target` shows as WebP: the browser's own encoder, so that nothing else has to be installed. */
async function keep(name, target) {
  const png = (await target.screenshot()).toString("base64");
  const canvas = await page(100, 100);
  const bytes = await canvas.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const drawn = Object.assign(document.createElement("canvas"), {
      width: image.width,
      height: image.height,
    });
    drawn.getContext("2d").drawImage(image, 0, 0);
    return drawn.toDataURL("image/webp", 0.82).split(",")[1];
  }, png);
  await canvas.context().close();
  const file = join(pictures, `${name}.webp`);
  writeFileSync(file, Buffer.from(bytes, "base64"));
  const size = statSync(file).size;
  if (size > LIMIT) throw new Error(`${name}: ${size} bytes are more than ${LIMIT}`);
  process.stdout.write(`docs/pictures/${name}.webp  ${size} bytes\n`);
}

/** What one caller of the demonstration got, as a phone shows it. */
async function text() {
  const folder = join(root, "target/demo/texts");
  const texts = readdirSync(folder)
    .sort()
    .map((name) => {
      const [head, ...body] = readFileSync(join(folder, name), "utf8").split("\n\n");
      return {
        to: /^To: (.*)$/m.exec(head)?.[1],
        at: /^At: \S+ (\d+:\d+)/m.exec(head)?.[1] ?? "",
        body: body.join("\n\n").trim(),
      };
    });
  const mine = texts.filter((one) => one.to === "+12185550111");
  if (mine.length < 3)
    throw new Error("the demonstration tells 218-555-0111 less than it did: choose another story");
  const escaped = (words) => words.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const whole = (words) => words.replace(/\d{3}-\d{3}-\d{4}/g, "<span>$&</span>"); // a phone keeps it together, too
  const bubbles = mine.map((one) => `<time>${one.at}</time><p>${whole(escaped(one.body))}</p>`).join("");
  const phone = await page(420, 800);
  await phone.setContent(`<!doctype html><meta charset="utf-8"><style>
    body{margin:0;padding:20px;width:340px;background:#fff;font:16px/1.35 system-ui,"DejaVu Sans",sans-serif;color:#1b1f24}
    #phone{border:10px solid #22272e;border-radius:36px;padding:18px 16px 22px;background:#fff}
    header{text-align:center;font-weight:bold;border-bottom:1px solid #d5dae0;padding-bottom:10px;margin-bottom:6px}
    time{display:block;text-align:center;color:#5b6570;font-size:12px;margin:12px 0 4px}
    p{margin:0;padding:10px 13px;background:#e6eaef;border-radius:16px 16px 16px 4px;overflow-wrap:anywhere}
    span{white-space:nowrap}
  </style><div id="phone"><header>218-555-0190</header>${bubbles}</div>`);
  await keep("text", phone.locator("#phone"));
}

/** The public map over what the demonstration published. */
async function map() {
  await served(["--data", "target/demo/data"], async (url) => {
    const shown = await page(1180, 900);
    await shown.goto(`${url}/public/index.html`);
    await shown.locator("#map canvas").waitFor();
    await shown.waitForLoadState("networkidle");
    await shown.waitForTimeout(3000); // until the cells are drawn: the map says so to nobody outside
    await keep("map", shown);
  });
}

/** The page about texts in the default language. */
async function about() {
  await served([], async (url) => {
    const shown = await page(760, 900);
    await shown.goto(`${url}/public/texts/index.html`);
    await keep("is-this-text-real", shown);
  });
}

/** The desk of a dispatcher, over the day that the demonstration played. */
async function desk() {
  await served(["--data", "target/demo/data"], async (url) => {
    const shown = await page(1180, 820);
    await shown.goto(`${url}/desk/`);
    await shown.getByRole("button", { name: /dispatch/i }).click();
    await shown.getByRole("button", { name: /day before/i }).click();
    await shown.getByText("26-048101").first().waitFor();
    await keep("desk", shown);
  });
}

/** How the ranking of places did on the demonstration's own past. */
async function backtest() {
  const data = join(work, "data");
  mkdirSync(data, { recursive: true });
  cpSync(join(root, "target/demo/history/crime.csv"), join(data, "crime.csv"));
  cpSync(join(root, "infra/agency/boundary.geojson"), join(data, "boundary.geojson"));
  const out = join(work, "backtest");
  run(
    "backtest",
    "hotspots",
    "--data",
    data,
    "--config",
    join(root, "infra/site/pictures/city.toml"),
    "--out",
    out,
  );
  const report = await page(1000, 900);
  await report.goto(`file://${out}/report.html`);
  await keep("backtest", report.locator(".plots").first());
}

rmSync(work, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
run("demo");
const all = { text, map, desk, about, backtest };
const wanted = process.argv.slice(2);
for (const [name, make] of Object.entries(all)) {
  if (wanted.length === 0 || wanted.includes(name)) await make();
}
await browser.close();
