/** Writes `licences.txt` beside the page: the licence of every package of which code or a font is in the bundle. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

export function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        for (const [id, module] of Object.entries(file.modules)) {
          const folder = PACKAGE.exec(id.replace(/^\0/, "").split("?")[0] ?? "")?.[0];
          const used = module.renderedLength > 0 || id.includes(".css");
          if (folder && used && existsSync(join(folder, "package.json"))) folders.add(folder);
        }
      }
      const source = [...folders].map(notice).sort().join("\n\n" + "-".repeat(80) + "\n\n");
      this.emitFile({ type: "asset", fileName: "licences.txt", source: source + "\n" });
    },
  };
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return `${name} ${version} (${license ?? "see below"})\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "Its package carries no licence text."}`;
}
