import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { WORD_LIST } from "../src/words/dictionary";

/** Every file of the page but the dictionary itself. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "words" ? said(path) : sources(path);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf-8")] : [];
  });
}

/** Of the words' folder: the files that say words, not those that list them. */
function said(folder: string): string[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf-8")).filter((text) => !/^(export )?const (zh|BASE_ZH) = /m.test(text));
}

describe("the dictionary", () => {
  const text = sources(fileURLToPath(new URL("../src/", import.meta.url))).join("\n");

  it("has no word that nobody says", () => {
    // Words are named in quotes, as keys of a list, or made of parts: `find_${kind}`.
    const named = new Set([...text.matchAll(/"(\w+)"/g)].map((match) => match[1]));
    const made = [...text.matchAll(/`((?:[a-z]\w*)?\$\{[^`{}]+\}(?:\w*[a-z])?)`/g)].map(([, template = ""]) => template.replace(/\$\{[^}]+\}/g, "\\w+"))
      .filter((pattern) => pattern !== "\\w+").map((pattern) => new RegExp(`^${pattern}$`));
    expect(made.length).toBeGreaterThan(5);
    expect(WORD_LIST.filter((word) => !named.has(word) && !made.some((pattern) => pattern.test(word)))).toEqual([]);
  });
});
