/** Writes the help: every guide of `docs/` that is there in both languages, and the reference, as pages beside the page. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import MarkdownIt from "markdown-it";
import type { Plugin } from "vite";

export type Language = "zh" | "en";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const STYLE = fileURLToPath(new URL("./src/styles/help-pages.css", import.meta.url));
/** In the order of the contents; the reference is written from the program itself, in English only. */
const TOPICS = ["decision-maker", "engineer", "administrator", "facts", "schedules", "links", "lights", "clashes", "layers", "georeference", "ogc", "uploads", "accounts", "sharing", "operator", "operations", "grown", "jobs", "reference"];
const SUFFIX: Readonly<Record<Language, string>> = { zh: ".zh-CN.md", en: ".md" };
const WORDS = {
  zh: { help: "帮助", map: "回到地图", tour: "再看一遍引导", contents: "目录", other: "English", english: "（英文）" },
  en: { help: "Help", map: "Back to the map", tour: "Take the tour again", contents: "Contents", other: "中文", english: "" },
} as const;

export function help(): Plugin {
  return {
    name: "help",
    apply: "build",
    generateBundle(_options, bundle) {
      const faces = Object.values(bundle).flatMap((file) => (file.type === "asset" && file.fileName.endsWith(".css") ? String(file.source).match(/@font-face\s*\{[^}]*Noto[^}]*\}/g) ?? [] : []));
      const emit = (fileName: string, source: string | Uint8Array): void => { this.emitFile({ type: "asset", fileName, source }); };
      emit("help/help.css", `${faces.map((face) => face.replace(/url\((["']?)(?:\.?\/)*(?:assets\/)?/g, "url($1../assets/")).join("\n")}\n${readFileSync(STYLE, "utf8")}`);
      for (const [name, html] of Object.entries(pages(DOCS))) emit(`help/${name}`, html);
      for (const image of readdirSync(join(DOCS, "images"))) emit(`help/images/${image}`, readFileSync(join(DOCS, "images", image)));
    },
  };
}

interface Page {
  readonly topic: string;
  readonly title: string;
  readonly body: string;
  readonly sections: readonly { readonly id: string; readonly title: string }[];
  /** The language it is written in, which may be another than that of the help around it. */
  readonly written: Language;
}

/** File name → page, of both languages and of the choice between them. */
export function pages(docs: string): Record<string, string> {
  const found: Record<string, string> = { "index.html": choice() };
  for (const language of ["zh", "en"] as const) {
    const all = TOPICS.map((topic) => read(docs, topic, language));
    for (const page of all) found[`${language}/${page.topic}.html`] = whole(page, all, language);
    found[`${language}/index.html`] = whole(null, all, language);
  }
  return found;
}

function read(docs: string, topic: string, language: Language): Page {
  const own = existsSync(join(docs, topic + SUFFIX[language]));
  const written: Language = own ? language : "en";
  const markdown = new MarkdownIt({ html: false, linkify: false });
  // What scrolls sideways can be scrolled with the keyboard.
  markdown.renderer.rules.fence = (all, index) => `<pre tabindex="0"><code>${safe(all[index]?.content ?? "")}</code></pre>\n`;
  const sections: { id: string; title: string }[] = [];
  const tokens = markdown.parse(readFileSync(join(docs, topic + SUFFIX[written]), "utf8"), {});
  const ids = new Set<string>();
  let title = topic;
  for (const [index, token] of tokens.entries()) {
    for (const part of [token, ...(token.children ?? [])]) adapt(part, language);
    if (token.type === "table_open") token.attrSet("tabindex", "0");
    if (token.type !== "heading_open") continue;
    const text = (tokens[index + 1]?.children ?? []).map((child) => child.content).join("");
    const id = slug(text, ids);
    token.attrSet("id", id);
    if (token.tag === "h1") title = text;
    else if (token.tag === "h2") sections.push({ id, title: text });
  }
  return { topic, title, body: markdown.renderer.render(tokens, markdown.options, {}), sections, written };
}

type Token = ReturnType<InstanceType<typeof MarkdownIt>["parse"]>[number];

/** Links go to pages, images to their copies; a style attribute, which the page's policy refuses, becomes a class. */
function adapt(token: Token, language: Language): void {
  const align = /text-align:\s*(\w+)/.exec(attribute(token, "style"))?.[1];
  if (align) token.attrs = [["class", align]];
  const source = attribute(token, "src");
  if (source.startsWith("images/")) token.attrSet("src", `../${source}`);
  const target = attribute(token, "href");
  if (target) token.attrSet("href", linked(target, language));
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? "");
}

/** Where a link between documents leads; what is no page of the help leads to the contents. */
export function linked(target: string, language: Language): string {
  if (/^(https?:|#|mailto:)/.test(target)) return target;
  const [, file = "", anchor = ""] = /^([^#]*)(#.*)?$/.exec(target) ?? [];
  const topic = basename(file).replace(/(\.zh-CN)?\.md$/, "");
  if (!TOPICS.includes(topic) || !file.endsWith(".md")) return "index.html";
  const to: Language = topic === "reference" ? language : file.endsWith(SUFFIX.zh) ? "zh" : "en";
  return `${to === language ? "" : `../${to}/`}${topic}.html${anchor}`;
}

/** The id of a heading, as GitHub makes it. */
export function slug(text: string, taken: Set<string>): string {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "").trim().replace(/\s/g, "-");
  let id = plain;
  for (let n = 1; taken.has(id); n++) id = `${plain}-${n}`;
  taken.add(id);
  return id;
}

function safe(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function head(title: string, language: Language, up: string): string {
  return `<!doctype html>\n<html lang="${language === "zh" ? "zh-CN" : "en"}">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<title>${safe(title)}</title>\n<link rel="stylesheet" href="${up}help.css">\n</head>\n`;
}

/** A page with the contents beside it; without a page: the contents alone. */
function whole(page: Page | null, all: readonly Page[], language: Language): string {
  const words = WORDS[language];
  const other: Language = language === "zh" ? "en" : "zh";
  const file = `${page?.topic ?? "index"}.html`;
  const entry = (one: Page): string => {
    const here = one === page;
    const inside = here && one.sections.length ? `<ul>${one.sections.map((section) => `<li><a href="#${encodeURIComponent(section.id)}">${safe(section.title)}</a></li>`).join("")}</ul>` : "";
    const mark = one.written === language ? "" : words.english;
    return `<li><a href="${one.topic}.html"${here ? ' aria-current="page"' : ""}>${safe(one.topic === "reference" && language === "zh" ? "参考" : one.title)}${mark}</a>${inside}</li>`;
  };
  const contents = `<ul>${all.map(entry).join("\n")}</ul>`;
  const lang = page && page.written !== language ? ' lang="en"' : "";
  return `${head(page ? `${page.title} · ${words.help}` : words.help, language, "../")}<body${page ? "" : ' class="contents-only"'}>
<header><a href="../../?lang=${language}">${words.map}</a><a href="../../?tour=1&amp;lang=${language}">${words.tour}</a><span></span><a href="../${other}/${file}" lang="${other === "zh" ? "zh-CN" : "en"}">${words.other}</a></header>
${page ? `<nav aria-label="${words.contents}"><p><a href="index.html">${words.help}</a></p>${contents}</nav>\n<main${lang}>${page.body}</main>` : `<main><h1>${words.help}</h1>${contents}</main>`}
</body>
</html>
`;
}

function choice(): string {
  const link = (language: Language): string => `<li><a href="${language}/index.html" lang="${language === "zh" ? "zh-CN" : "en"}">${WORDS[language].help}</a></li>`;
  return `${head(`${WORDS.zh.help} · ${WORDS.en.help}`, "zh", "")}<body class="contents-only">\n<main><h1>${WORDS.zh.help} · <span lang="en">${WORDS.en.help}</span></h1><ul>${link("zh")}${link("en")}</ul></main>\n</body>\n</html>\n`;
}
