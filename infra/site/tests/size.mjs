// Bytes that a reader's browser fetches, gzipped, file by file; fails above the budget.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** MapLibre and its worker are nine tenths of it; the page without the map must stay small. */
const BUDGET = { page: 20_000, map: 480_000 };
const dist = new URL("../dist/", import.meta.url);
const sizes = { page: 0, map: 0 };
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }).sort()) {
  if (!/\.(html|js|css)$/.test(name)) continue;
  const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  const kind = /\/(map|maplibre)/.test(name) ? "map" : "page";
  sizes[kind] += bytes;
  console.log(`${String(bytes).padStart(8)}  ${kind}  ${name}`);
}
console.log(
  `${String(sizes.page).padStart(8)}  page without the map\n${String(sizes.map).padStart(8)}  map, loaded after it`,
);
if (sizes.page > BUDGET.page || sizes.map > BUDGET.map) {
  console.error(`more than ${BUDGET.page} or ${BUDGET.map} bytes in ${fileURLToPath(dist)}`);
  process.exit(1);
}
