/**
 * A static copy of the city (`twin export`): which file holds the answer to a request.
 *
 * The twin of `web/export/names.py`: both must agree on every line of `test/static-names.json`.
 */

import type { Address } from "./url";

/** A request, and its file: a name in braces is one segment of the path, `{by}` of the query, `{shard}` the file of an element. */
const TABLE: readonly (readonly [request: string, file: string])[] = [
  ["/api/projects", "data/{lang}/projects.json"],
  ["/api/projects/{code}", "data/{lang}/projects/{code}.json"],
  ["/api/projects/{code}/tasks", "data/tasks/{code}.json"],
  ["/api/projects/{code}/elements/{id}", "data/{lang}/elements/{code}/{shard}.json"],
  ["/api/overview", "data/{lang}/overview.json"],
  ["/api/timeline", "data/timeline.json"],
  ["/api/resources", "data/resources.json"],
  ["/api/layers", "data/{lang}/layers.json"],
  ["/api/replaced", "data/{lang}/replaced.json"],
  ["/api/legends/{by}", "data/{lang}/legends/{by}.json"],
  ["/api/models/{model}/elements", "data/models/{model}/elements.json"],
  ["/api/models/{model}/states", "data/models/{model}/{by}.bin"],
  ["/api/models/{model}/ledger", "data/{lang}/ledgers/{model}.json"],
  ["/api/scenes/{scene}", "scenes/{scene}.json"],
  ["/styles/{theme}.json", "styles/{lang}/{theme}.json"],
  ["/api/reports/city.pdf", "reports/{lang}/city.pdf"],
  ["/api/reports/city.xlsx", "reports/{lang}/city.xlsx"],
  ["/api/reports/projects/{code}.pdf", "reports/{lang}/projects/{code}.pdf"],
  ["/api/reports/projects/{code}.xlsx", "reports/{lang}/projects/{code}.xlsx"],
  ["/3dtiles/tileset.json", "3dtiles/tileset.json"],
  ["/3dtiles/{model}/tileset.json", "3dtiles/{model}/tileset.json"],
  ["/3dtiles/{model}/{tile}.glb", "3dtiles/{model}/{tile}.glb"],
  ["/3dtiles/{model}/spaces/tileset.json", "3dtiles/{model}/spaces/tileset.json"],
  ["/3dtiles/{model}/spaces/{tile}.glb", "3dtiles/{model}/spaces/{tile}.glb"],
  ["/tiles/{layer}.json", "layers/{layer}.pmtiles"],
];

const PLAIN = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[A-Za-z0-9_\u4e00-\u9fff-]{1,64}$/i;
const HASH = /^[0-9a-f]{64}$/;
const OTHER = /[^A-Za-z0-9_\u4e00-\u9fff-]/gu;
const KEPT = 40;

/** Is this page a static copy: it then asks files, and its day is fixed. */
export function isStatic(): boolean {
  return typeof document !== "undefined" && document.querySelector('meta[name="twin-static"]') !== null;
}

/** An address as a static copy can show it: of its own day. */
export function onItsDay(address: Address): Address {
  return isStatic() ? { ...address, asOf: null, knownAt: null, compare: null } : address;
}

/** An address without what only a server knows: a static copy has no clashes. */
export function onlyServed(address: Address): Address {
  return isStatic() ? { ...address, clashes: false, clash: null, clashGroup: null, clashFilter: {} } : address;
}

/** Does the answer to this request depend on how many files the elements of its project are in. */
export function isElement(request: string): boolean {
  return matched(request)?.[1].includes("{shard}") ?? false;
}

/** The GlobalId that a request for an element names: its key in the file. */
export function elementOf(request: string): string {
  return matched(request)?.[0]["id"] ?? "";
}

/** The file that answers a request, relative to the copy; null when the copy has none. `elementFiles`: by project. */
export function fileOf(request: string, language: string, elementFiles: Readonly<Record<string, number>> = {}): string | null {
  const found = matched(request);
  if (!found) return null;
  const [values, file] = found;
  const query = new URLSearchParams(request.split("?")[1] ?? "");
  const all: Record<string, string> = { lang: language, by: query.get("by") || "state", ...values };
  if (file.includes("{shard}")) {
    const code = values["code"] ?? "";
    const count = Object.hasOwn(elementFiles, code) ? elementFiles[code] : 0;
    if (!count) return null;
    all["shard"] = String(fnv1a(values["id"] ?? "") % count).padStart(4, "0");
  }
  return file.replace(/\{(\w+)\}/g, (_, name: string) => safe(all[name] ?? ""));
}

/** The address of that file, escaped, relative to the page. */
export function addressOf(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}

function matched(request: string): [Record<string, string>, string] | null {
  const path = (request.split("?")[0] ?? "").split("/").map(decodeURIComponent);
  for (const [pattern, file] of TABLE) {
    const wanted = pattern.split("/");
    const values: Record<string, string> = {};
    const fits = wanted.length === path.length && wanted.every((segment, i) => {
      const found = path[i] ?? "";
      if (!segment.startsWith("{")) return segment === found;
      const [name = "", end = ""] = segment.slice(1).split("}");
      if (!found.endsWith(end) || found.length === end.length) return false;
      values[name] = found.slice(0, found.length - end.length);
      return true;
    });
    if (fits) return [values, file];
  }
  return null;
}

/** A name that any file system takes for a name of the city: the same where it is plain, else with a hash. */
export function safe(text: string): string {
  if (PLAIN.test(text) || HASH.test(text)) return text;
  const kept = Array.from(text.replace(OTHER, "_")).slice(0, KEPT).join("");
  return `${kept}.${fnv1a(text).toString(16).padStart(8, "0")}`;
}

/** The 32-bit FNV-1a hash of a text's UTF-8 bytes. */
export function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
