/** The page's state as its address, so that any state can be sent to somebody. */

import { filterText, readFilter, type ClashFilter } from "./clashes";
import { readSection, sectionText, type Section } from "./bim/section";
import { readShows, showsTexts, type Shows } from "./shows";
import { LANGUAGES, type Language } from "./words/dictionary";

export interface View {
  longitude: number;
  latitude: number;
  zoom: number;
  pitch: number;
  bearing: number;
}

/** What colours the elements of models, besides their own materials. */
export const COLOUR_BY = ["light", "progress", "deviation", "state", "funds", "labour", "machinery", "concrete", "steel", "land"] as const;
export type ColourBy = (typeof COLOUR_BY)[number];

export const CITY_AS = ["marks", "columns", "districts"] as const;
export type CityAs = (typeof CITY_AS)[number];

export interface Address {
  project: string | null;
  model: string | null;
  element: string | null;
  lang: Language | null;
  /** The day that is looked at, and until when facts must have been recorded; null: the twin's own day, all facts. */
  asOf: string | null;
  knownAt: string | null;
  by: ColourBy | null;
  cityAs: CityAs | null;
  /** A second day to compare with. */
  compare: string | null;
  /** Where the divider between the two days stands, 0 to 1 of the map's width; null: in the middle. */
  split: number | null;
  /** The plane that cuts models open, and what is shown of which model. */
  section: Section | null;
  shows: Shows;
  /** Are clashes listed, which group is open, which clash is looked at, what is listed. */
  clashes: boolean;
  clash: string | null;
  clashGroup: string | null;
  clashFilter: ClashFilter;
  view: View | null;
}

export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const lang = query.get("lang");
  return {
    project: query.get("project") || null,
    model: query.get("model") || null,
    element: query.get("element") || null,
    lang: LANGUAGES.find((known) => known === lang) ?? null,
    asOf: readDay(query.get("as_of")),
    knownAt: readMoment(query.get("known_at")),
    by: COLOUR_BY.find((known) => known === query.get("by")) ?? null,
    cityAs: CITY_AS.find((known) => known === query.get("city")) ?? null,
    compare: query.get("compare") === query.get("as_of") ? null : readDay(query.get("compare")),
    split: readShare(query.get("split")),
    section: readSection(query.get("section")),
    shows: readShows(query.getAll("show")),
    clashes: query.get("clashes") === "1",
    clash: query.get("clash") || null,
    clashGroup: query.get("group") || null,
    clashFilter: readFilter(query.get("cf")),
    view: readView(query.get("view")),
  };
}

/** A time as ISO 8601, as it was written; null when there is no such time. */
function readMoment(text: string | null): string | null {
  return text && /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

/** A day as ISO 8601; null when there is no such day. */
export function readDay(text: string | null): string | null {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : null;
}

/** A number between 0 and 1. */
function readShare(text: string | null): number | null {
  const share = text?.trim() ? Number(text) : NaN;
  return share > 0 && share < 1 ? share : null;
}

/** `lng,lat,zoom,pitch,bearing`; null when it is not five numbers within their limits. */
export function readView(text: string | null): View | null {
  const parts = (text ?? "").split(",");
  const numbers = parts.map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.length !== 5 || numbers.some((n) => !Number.isFinite(n))) return null;
  const [longitude, latitude, zoom, pitch, bearing] = numbers as [number, number, number, number, number];
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 85.06 || zoom < 0 || zoom > 24 || pitch < 0 || pitch > 85) return null;
  return { longitude, latitude, zoom, pitch, bearing };
}

/** As many digits as a hundredth of a pixel takes: crease lines would show a smaller loss. */
export function writeView(view: View): string {
  const round = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
  const digits = Math.ceil(view.zoom / 3) + 2;
  return [round(view.longitude, digits), round(view.latitude, digits), round(view.zoom, 2), round(view.pitch, 1), round(view.bearing, 1)].join(",");
}

/** The query string for a state; what is absent is left out, commas stay readable. */
export function writeAddress(address: Address): string {
  const query = new URLSearchParams();
  const { project, model, element, lang, asOf, knownAt, by, cityAs, compare } = address;
  const split = compare && address.split && Math.abs(address.split - 0.5) > 1e-3 ? String(Number(address.split.toFixed(3))) : null;
  for (const [key, value] of Object.entries({ project, model, element, lang, as_of: asOf, known_at: knownAt, by, city: cityAs === "marks" ? null : cityAs, compare, split, section: sectionText(address.section), clashes: address.clashes ? "1" : null, group: address.clashGroup, clash: address.clash, cf: filterText(address.clashFilter) })) if (value) query.set(key, value);
  for (const text of showsTexts(address.shows)) query.append("show", text);
  const view = address.view ? `view=${writeView(address.view)}` : "";
  return "?" + [query.toString(), view].filter(Boolean).join("&");
}
