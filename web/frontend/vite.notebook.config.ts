import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

const stock = fileURLToPath(new URL("./src/notebook/stock.ts", import.meta.url));

// `bim-layers.js`: one file beside the page that runs on the deck.gl of whoever loads it.
export default defineConfig({
  resolve: { alias: [{ find: "@loaders.gl/3d-tiles", replacement: stock }] },
  build: {
    outDir: "../static",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    lib: { entry: fileURLToPath(new URL("./src/notebook/bim-layers.ts", import.meta.url)), formats: ["iife"], name: "BimLayersBundle", fileName: () => "bim-layers.js" },
    rollupOptions: {
      external: [/^@deck\.gl\//, /^@luma\.gl\//],
      output: { globals: (id: string) => (id.startsWith("@luma.gl/") ? "luma" : "deck") },
    },
  },
});
