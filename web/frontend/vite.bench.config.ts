import { fileURLToPath } from "node:url";

import { defineConfig } from "vite";

// The benchmark's own page (tests/bench/page.py builds it into a folder of its own): with the stock layer's codecs.
export default defineConfig({
  root: fileURLToPath(new URL("./bench", import.meta.url)),
  base: "/",
  resolve: { conditions: ["visgl:webgl-only", "module", "browser", "development|production"] },
  build: { emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 4000, reportCompressedSize: false, assetsInlineLimit: 0 },
});
