/**
 * The page's own font files for the labels of the map.
 *
 * MapLibre draws labels with fonts of the machine unless a style declares files. The page's style sheet knows them: a
 * hundred subsets, of which the map then fetches those whose characters it draws.
 */

import type { FontFile } from "./basemap";

const FAMILY = "Noto Sans SC Variable";

export function fontFiles(sheets: Iterable<CSSStyleSheet> = document.styleSheets): FontFile[] {
  const found: FontFile[] = [];
  for (const sheet of sheets) for (const rule of sheet.cssRules) {
    if (!(rule instanceof CSSFontFaceRule) || !rule.style.getPropertyValue("font-family").includes(FAMILY)) continue;
    const file = fontFile(rule.style.getPropertyValue("src"), rule.style.getPropertyValue("unicode-range"), sheet.href ?? location.href);
    if (file) found.push(file);
  }
  return found;
}

/** The file that an `@font-face` rule names; null when it names none. */
export function fontFile(source: string, ranges: string, base: string): FontFile | null {
  const path = /url\(["']?([^"')]+)["']?\)/.exec(source)?.[1];
  if (!path) return null;
  return { url: new URL(path, base).href, "unicode-range": ranges.split(",").map((range) => range.trim()).filter(Boolean) };
}
