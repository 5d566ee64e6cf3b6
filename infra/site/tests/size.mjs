// Bytes that a reader's browser fetches, gzipped, file by file; fails above the budget.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MAP = /\/(map|maplibre)/;

/** MapLibre and its worker are nine tenths of the map page; the page without the map must stay small. */
weigh("../dist/", { page: 20_000, map: 480_000 }, (name) => (MAP.test(name) ? "map" : "page"));

/** What the desk fetches before its first view, then all views together but for the map: a station's line may be slow. */
const desk = new URL("../dist-desk/", import.meta.url);
const first = readFileSync(new URL("index.html", desk), "utf8");
weigh("../dist-desk/", { first: 50_000, views: 100_000, map: 480_000 }, (name) => {
  if (MAP.test(name)) return "map";
  return name === "index.html" || first.includes(name) ? "first" : "views";
});

/**
 * @template {string} K
 * @param {string} folder
 * @param {Record<K, number>} budget
 * @param {(name: string) => K} kindOf
 */
function weigh(folder, budget, kindOf) {
  const dist = new URL(folder, import.meta.url);
  const sizes = /** @type {Record<K, number>} */ ({});
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.(html|js|css)$/.test(name)) continue;
    const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
    const kind = kindOf(name);
    sizes[kind] = (sizes[kind] ?? 0) + bytes;
    console.log(`${String(bytes).padStart(8)}  ${kind}  ${name}`);
  }
  for (const kind of /** @type {K[]} */ (Object.keys(budget))) {
    const bytes = sizes[kind] ?? 0;
    console.log(`${String(bytes).padStart(8)}  ${kind} in all, of ${budget[kind]}`);
    if (bytes <= budget[kind]) continue;
    console.error(`more ${kind} than ${budget[kind]} bytes in ${fileURLToPath(dist)}`);
    process.exitCode = 1;
  }
}
