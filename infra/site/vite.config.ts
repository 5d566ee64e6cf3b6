// How the page is built: relative addresses, because it lies at the root of whatever serves the bucket, and
// nothing inlined, because the Content-Security-Policy allows neither inline scripts nor inline styles.
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200, // MapLibre comes as one file
    rolldownOptions: {
      output: {
        // Not every server knows that .mjs is JavaScript, and browsers refuse a module of another type.
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".mjs"))
            ? "assets/[name]-[hash].js"
            : "assets/[name]-[hash][extname]",
      },
    },
  },
});
