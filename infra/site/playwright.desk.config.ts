// Browser tests of the desk in the system's Chromium, against the built page; no browser is downloaded. Two projects: `page`
// against a stub that can be slow, wrong and forgetful, and `stack` against the real functions over the sample city
// (`precinct serve --demo`, one for the run; the binary of `cargo build` unless PRECINCT names another).
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import site from "./playwright.config";
import { STACK_PORT } from "./tests/desk/stack/address";

const root = fileURLToPath(new URL("../../", import.meta.url));
const precinct = process.env.PRECINCT ?? "target/debug/precinct";
const wantsStack =
  process.env.DESK_STACK === undefined &&
  !process.argv.some(
    (word, index, all) => word === "--project=page" || (word === "page" && all[index - 1] === "--project"),
  );

export default defineConfig(site, {
  outputDir: "../../target/desk-test",
  projects: [
    { name: "page", testDir: "tests/desk", testIgnore: "stack/**" },
    { name: "stack", testDir: "tests/desk/stack" },
  ],
  ...(wantsStack
    ? {
        webServer: {
          command: `${precinct} serve --demo --port ${STACK_PORT}`,
          cwd: root,
          wait: { stdout: /serving at/ }, // It answers before the sample city is loaded.
          timeout: 300_000,
          gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
        },
      }
    : {}),
});
