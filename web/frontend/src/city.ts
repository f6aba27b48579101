/** The city's projects in the order in which they burn, and what is counted of them. */

import { dayNumber } from "./days";
import type { Bounds, Light, Lights, ProjectFeature, ProjectProperties } from "./types";
import { LIGHTS } from "./words/lights";

/** Where it burns first: red, yellow, silent, well; among equals whoever is farthest behind, among the silent who is silent longest. */
export function burningFirst(features: readonly ProjectFeature[]): ProjectFeature[] {
  const behind = ({ deviation }: ProjectProperties): number => deviation ?? Infinity;
  const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...features].sort(({ properties: a }, { properties: b }) =>
    LIGHTS.indexOf(a.light) - LIGHTS.indexOf(b.light)
    || (a.light === "grey" ? compare(a.status_date ?? "", b.status_date ?? "") : 0)
    || compare(behind(a), behind(b)) || compare(a.code, b.code));
}

/** The one figure of a project in the list: how long it has been silent when its light says so, else how far it is from its plan. */
export type Figure = { silent: number | null } | { deviation: number } | null;

export function figureOf({ light, deviation, status_date }: Pick<ProjectProperties, "light" | "deviation" | "status_date">, asOf: string): Figure {
  if (light === "grey") {
    const days = status_date ? dayNumber(asOf) - dayNumber(status_date) : null;
    // Grey with a report of this very day: not its age is the reason, and the card says which.
    return days !== null && days <= 0 ? null : { silent: days };
  }
  return deviation === null || deviation === undefined ? null : { deviation };
}

export function lightsOf(features: readonly ProjectFeature[]): Lights {
  const found: Record<Light, number> = { green: 0, yellow: 0, red: 0, grey: 0 };
  for (const { properties } of features) found[properties.light] += 1;
  return found;
}

/** How many lights more or fewer than before; those that did not change are left out. */
export function deltas(now: Lights, before: Lights): { light: Light; by: number }[] {
  return LIGHTS.map((light) => ({ light, by: now[light] - before[light] })).filter(({ by }) => by !== 0);
}

/** Which projects are listed: of a district, of a kind, of one light. */
export interface Filter {
  readonly by: "district" | "kind" | "light";
  readonly name: string;
}

export function matches({ properties }: ProjectFeature, filter: Filter | null): boolean {
  return !filter || (properties[filter.by] ?? "") === filter.name;
}

/** The box around the places of projects; null when none has one. */
export function boxOf(features: readonly ProjectFeature[]): Bounds | null {
  const places = features.flatMap(({ geometry }) => (geometry ? [geometry.coordinates] : []));
  if (!places.length) return null;
  const [x, y] = [places.map((place) => place[0]), places.map((place) => place[1])];
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

/** How many rows are drawn at first, and how many more whenever the reader has scrolled to the end of them. */
export const ROWS = 60;

/** So many rows that a chosen one is among them. */
export function rowsFor(shown: number, chosen: number): number {
  return chosen < shown ? shown : Math.ceil((chosen + 1) / ROWS) * ROWS;
}
