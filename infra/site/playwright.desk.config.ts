// Browser tests of the desk in the system's Chromium, against the built page; no browser is downloaded.
import { defineConfig } from "@playwright/test";
import site from "./playwright.config";

export default defineConfig(site, {
  testDir: "tests/desk",
  outputDir: "../../target/desk-test",
});
