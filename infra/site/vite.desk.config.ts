// How the staff desk is built: a page of its own beside the map, with relative addresses, and nothing inlined,
// because the Content-Security-Policy allows neither inline scripts nor inline styles.
import { defineConfig } from "vite";

export default defineConfig({
  root: "desk",
  base: "./",
  publicDir: false,
  build: {
    outDir: "../dist-desk",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
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
