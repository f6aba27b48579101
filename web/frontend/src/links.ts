/** Addresses that lead out of the page: this very view, reports, data for other programs. All absolute. */

import { addressOf, fileOf, isStatic } from "./static";
import type { Language } from "./words/dictionary";
import type { ColourBy } from "./url";

export interface Shown {
  readonly project: string | null;
  readonly model: string | null;
  /** The day that is shown, said or not. */
  readonly asOf: string | null;
  readonly knownAt: string | null;
  readonly by: ColourBy | null;
  readonly language: Language;
}

const part = encodeURIComponent;

/** The address of what is on the screen, its day and language said: it means the same tomorrow and to anybody. */
export function viewAddress(here: string, { asOf, language }: Shown): string {
  const url = new URL(here);
  if (asOf && !url.searchParams.has("as_of")) url.searchParams.set("as_of", asOf);
  url.searchParams.set("lang", language);
  return url.href.replaceAll("%2C", ",");
}

function absolute(path: string, origin: string, query: Readonly<Record<string, string | null>>): string {
  if (isStatic()) { // the files beside the page; what a copy has no file for is the copy itself
    const file = fileOf(path, query["lang"] ?? "zh");
    return new URL(file === null ? "." : addressOf(file), document.baseURI.split("?")[0]).href;
  }
  const url = new URL(path, origin);
  for (const [key, value] of Object.entries(query)) if (value) url.searchParams.set(key, value);
  return url.href;
}

export function reportAddress(origin: string, form: "pdf" | "xlsx", { asOf, knownAt, language }: Shown, project: string | null): string {
  const path = project ? `/api/reports/projects/${part(project)}.${form}` : `/api/reports/city.${form}`;
  // as the page asks of a day: of one to come, a forecast
  return absolute(path, origin, { as_of: asOf, forecast: asOf && "1", known_at: knownAt, lang: language });
}

export function sceneAddress(origin: string, { project, asOf, knownAt, by }: Shown): string {
  return absolute(`/api/scenes/${project ? part(project) : "city"}`, origin, { as_of: asOf, known_at: knownAt, by });
}

/** The model's tiles, else those of all models. */
export function tilesAddress(origin: string, { model }: Shown): string {
  return absolute(model ? `/3dtiles/${part(model)}/tileset.json` : "/3dtiles/tileset.json", origin, {});
}

export function layerAddress(origin: string, layer: string): string {
  return absolute(`/tiles/${part(layer)}.json`, origin, {});
}

export function ogcAddress(origin: string): string {
  return absolute("/ogc/", origin, {});
}

/** The name of a picture: whose city, and which day; no character that a file system refuses. */
export function pictureName(city: string, asOf: string | null): string {
  const name = city.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]/g, " ").trim().slice(0, 80) || "twin";
  return `${[name, asOf].filter(Boolean).join("-")}.png`;
}
