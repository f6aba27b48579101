import { posix } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { linked, pages, slug } from "../help";

const ALL = pages(fileURLToPath(new URL("../../../docs/", import.meta.url)));
const ids = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] as string);

describe("the help", () => {
  it("has every guide in both languages, each in its own", () => {
    const names = (language: string): string[] => Object.keys(ALL).filter((name) => name.startsWith(language)).map((name) => name.slice(3)).sort();
    expect(names("zh")).toEqual(names("en"));
    expect(names("zh").length).toBeGreaterThan(8);
    for (const [name, html] of Object.entries(ALL)) if (name.startsWith("zh/") && name !== "zh/reference.html") expect(html, name).toMatch(/<h1[^>]*>[^<]*[\u4e00-\u9fff]/);
  });

  it("links to pages and headings that are there", () => {
    for (const [name, html] of Object.entries(ALL)) {
      for (const [, href = ""] of html.matchAll(/ href="([^"]+)"/g)) {
        const [file = "", anchor] = href.split("#");
        const target = file ? posix.join(posix.dirname(name), file) : name;
        if (/^https?:/.test(href) || !target.endsWith(".html")) continue;
        expect(ALL, `${name}: ${href}`).toHaveProperty([target]);
        if (anchor) expect(ids(ALL[target] ?? ""), `${name}: ${href}`).toContain(decodeURIComponent(anchor));
      }
    }
  });

  it("has nothing that the page's policy refuses", () => {
    for (const [name, html] of Object.entries(ALL)) expect(html, name).not.toMatch(/<script| style=|<[^>]+ on\w+=/);
  });

  it("makes ids as GitHub does and links from each language to itself", () => {
    expect(slug("Two dates: `as_of`, known!", new Set())).toBe("two-dates-as_of-known");
    expect(slug("数从哪里来", new Set(["数从哪里来"]))).toBe("数从哪里来-1");
    expect(linked("lights.zh-CN.md#a", "zh")).toBe("lights.html#a");
    expect(linked("lights.md", "zh")).toBe("../en/lights.html");
    expect(linked("reference.md", "zh")).toBe("reference.html");
    expect(linked("lights.ipynb", "en")).toBe("index.html");
  });
});
