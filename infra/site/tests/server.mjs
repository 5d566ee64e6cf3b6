// A small server of the built page over invented publications: `/full/index.html`, `/empty/index.html` and so on.
// The tests start it; `npm run demo` runs it by hand.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarios } from "./city.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".geojson": "application/geo+json",
  ".csv": "text/csv",
};

/** Listens on loopback; tells the address. */
export async function serve(port = 0) {
  const served = scenarios();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const [, scenario = "", ...rest] = path.split("/");
    const key = rest.join("/");
    const text = served[scenario]?.[key];
    const file = join(DIST, key);
    response.setHeader("content-type", TYPES[extname(key)] ?? "application/octet-stream");
    if (text !== undefined) response.end(text);
    else if (scenario in served && extname(key) in TYPES && existsSync(file))
      createReadStream(file).pipe(response);
    else response.writeHead(404, { "content-type": "text/plain" }).end("Not Found");
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    scenarios: Object.keys(served),
    close: () => server.close(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, scenarios } = await serve(8912);
  for (const name of scenarios) console.log(`${url}/${name}/index.html`);
}
