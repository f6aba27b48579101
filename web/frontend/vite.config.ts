import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

import { help } from "./help";
import { licences } from "./licences";

const noCodecs = fileURLToPath(new URL("./src/vendor/no-codecs.ts", import.meta.url));

// The page goes where the server (and the wheel) looks for it; every asset has its hash in its name and is cached for ever.
export default defineConfig({
  base: "./", // a static copy may lie in a folder of any server
  plugins: [licences(), help()],
  resolve: {
    conditions: ["visgl:webgl-only", "module", "browser", "development|production"],
    alias: ["@loaders.gl/gltf", "@loaders.gl/draco", "@loaders.gl/textures", "@luma.gl/gltf"].map((find) => ({ find, replacement: noCodecs })),
  },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000", "/3dtiles": "http://127.0.0.1:8000", "/-": "http://127.0.0.1:8000", "/tiles": "http://127.0.0.1:8000", "/styles": "http://127.0.0.1:8000" } },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
