/** What of the judged city lies under the pointer: a project's column, a district in its colour; as words for the tooltip. */

import type { Map as MapLibre } from "maplibre-gl";

import type { CityPart, Said } from "../panels/tooltip";
import type { Store } from "../store";
import type { Part, ProjectProperties } from "../types";
import type { ColourBy } from "../url";
import { amounts } from "../words/amounts";
import { doneText } from "../words/reasons";
import { COLUMNS, DISTRICTS } from "./judged";

/** The column or the district at a pixel; null where there is none. */
export function partUnder(map: MapLibre, store: Store, x: number, y: number): CityPart | null {
  if (store.state.cityAs === "marks") return null;
  for (const { layer, properties } of map.queryRenderedFeatures([x, y])) {
    if (layer.id === COLUMNS) {
      const found = store.cache.projects().value?.features.find((feature) => feature.id === properties["code"]);
      if (found) return projectPart(found.properties, store);
    }
    if (layer.id.startsWith(DISTRICTS)) {
      const name = String(properties["name"] ?? "");
      const found = store.cache.overview().value?.districts.find((part) => part.name === name);
      return found ? districtPart(found, store) : name ? { name, figure: store.say("tip_projects", { n: 0 }) } : null;
    }
  }
  return null;
}

/** A project's name, the figure that its colour shows, its light. */
export function projectPart(properties: ProjectProperties, { state, say }: Pick<Store, "state" | "say">): CityPart {
  const { by, language } = state;
  const use = by && properties.resources?.[by as keyof typeof properties.resources];
  const figure = use ? `${say(`by_${by as ColourBy}`)} ${amounts([use.used, use.planned], use.unit, language)}` : doneText(properties, say, language);
  return { code: properties.code, name: properties.name || properties.code, light: properties.light, ...(figure ? { figure } : {}) };
}

/** A district's name, what its colour means, its lights. */
export function districtPart(part: Part, store: Pick<Store, "state" | "say" | "cache">): CityPart {
  const { state: { by, language }, say, cache } = store;
  const count = say("tip_projects", { n: part.projects });
  const entry = by ? cache.legend(by).value?.entries.find(({ index }) => index === (part.index as Readonly<Record<string, number>> | undefined)?.[by]) : undefined;
  const told = entry ? `${say(`by_${by as ColourBy}`)}${language === "zh" ? "：" : ": "}${entry.label} · ` : "";
  return { name: part.name, figure: told + count, lights: part.lights };
}

/** What the colour of an element says: its entry in the legend; null while it shows its material. */
export function saidOf(index: number | null, { state: { by }, say, cache }: Pick<Store, "state" | "say" | "cache">): Said | null {
  const entry = by && index !== null ? cache.legend(by).value?.entries.find((known) => known.index === index) : undefined;
  return by && entry ? { by: say(`by_${by}`), entry } : null;
}
