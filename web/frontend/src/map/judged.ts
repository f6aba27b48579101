/** Colours of the city by what is known on a day: columns over projects, districts in one colour. Pure: no map, no store. */

import type { FeatureCollection, Polygon } from "geojson";
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

import type { LegendEntry, Part, ProjectFeature, ProjectProperties } from "../types";
import type { CityAs, ColourBy, View } from "../url";
import { kindsOf, MODELS } from "./basemap";
import { metresPerPixel } from "./camera";

/** The columns' source and style layer. */
export const COLUMNS = "columns";
/** The fill of a layer of districts is called so, and by the layer's name; no slash: it is no part of the city layer. */
export const DISTRICTS = "coloured ";
/** How much of the ground a district's colour covers. */
export const DISTRICT_OPACITY = 0.45;
/** A column's radius and its height at full measure, pixels in the middle of the map. */
const [RADIUS, TALL] = [8, 84];
/** A column without a figure is a foot of this share of the height. */
const FOOT = 0.05;
const CORNERS = 6;
/** A building this many pixels wide speaks for itself: no pin, no column. */
export const LARGE = 150;
const NO_DATA = "#d5dade";

export interface Judged {
  as: CityAs;
  columns: FeatureCollection<Polygon>;
  /** District → colour; the colour of all others. */
  districts: { colours: ReadonlyMap<string, string>; other: string };
}

export const NOTHING: Judged = { as: "marks", columns: { type: "FeatureCollection", features: [] }, districts: { colours: new Map(), other: NO_DATA } };

/** The colour of an index of a legend; that of no data for what has none. */
export function colourOf(index: Readonly<Record<string, number>> | undefined, by: ColourBy | null, legend: readonly LegendEntry[]): string {
  const wanted = index?.[by ?? "light"] ?? 0;
  return (legend.find((entry) => entry.index === wanted) ?? legend.find((entry) => entry.index === 0))?.colour ?? NO_DATA;
}

/** How high a column stands, 0 to 1 of the full height: progress, distance from the plan (30 points are full), or used of planned (twice is full). */
export function share(properties: ProjectProperties, by: ColourBy | null): number {
  const clamped = (value: number | null | undefined): number => (value === null || value === undefined ? 0 : Math.min(1, Math.max(0, value)));
  switch (by) {
    case null: case "light": case "state": case "progress": return clamped(properties.progress);
    case "deviation": return clamped(Math.abs(properties.deviation ?? 0) / 0.3);
    default: return clamped((properties.resources?.[by]?.rate ?? 0) / 2);
  }
}

/** How wide a project's buildings are, metres; 0 without any. */
export function sizeOf({ bounds }: ProjectProperties): number {
  return bounds ? (bounds[2] - bounds[0] + (bounds[3] - bounds[1])) * 55000 : 0;
}

/** A column's height in pixels of the middle of the map. */
export function tallness(properties: ProjectProperties, by: ColourBy | null): number {
  return TALL * Math.max(FOOT, share(properties, by));
}

/** A hexagonal column per project with a place, as large on the screen at any zoom. */
export function columnsOf(features: readonly ProjectFeature[], by: ColourBy | null, legend: readonly LegendEntry[], view: View): FeatureCollection<Polygon> {
  const scale = metresPerPixel(view.zoom, view.latitude);
  const found: FeatureCollection<Polygon> = { type: "FeatureCollection", features: [] };
  for (const { geometry, properties } of features) {
    if (!geometry || sizeOf(properties) / scale > LARGE) continue;
    found.features.push({
      type: "Feature", geometry: hexagon(geometry.coordinates, RADIUS * scale),
      properties: { code: properties.code, colour: colourOf(properties.index, by, legend), height: tallness(properties, by) * scale },
    });
  }
  return found;
}

/** radius: metres */
function hexagon([longitude, latitude]: [number, number], radius: number): Polygon {
  const north = radius / 111319.49;
  const east = north / Math.cos((latitude * Math.PI) / 180);
  const ring = Array.from({ length: CORNERS + 1 }, (_, k) => {
    const angle = (2 * Math.PI * (k % CORNERS)) / CORNERS;
    return [longitude + east * Math.cos(angle), latitude + north * Math.sin(angle)];
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** District → colour. */
export function districtColours(parts: readonly Part[], by: ColourBy | null, legend: readonly LegendEntry[]): Judged["districts"] {
  return { colours: new Map(parts.map(({ name, index }) => [name, colourOf(index, by, legend)])), other: colourOf(undefined, by, legend) };
}

/** The colour of a feature by its name. */
export function byName({ colours, other }: Judged["districts"]): ExpressionSpecification | string {
  if (!colours.size) return other;
  return ["match", ["to-string", ["get", "name"]], ...[...colours].flat(), other] as unknown as ExpressionSpecification;
}

/** Ids of the fills of districts in a style made by `withJudged`. */
export function districtFills(style: StyleSpecification): string[] {
  return style.layers.filter(({ id }) => id.startsWith(DISTRICTS)).map(({ id }) => id);
}

/** The style with columns among the models and colours under roads and labels. */
export function withJudged(style: StyleSpecification, { as, columns, districts }: Judged): StyleSpecification {
  const layers: LayerSpecification[] = [];
  const kinds = kindsOf(style);
  const filled = new Set<string>();
  for (const layer of style.layers) {
    const name = layer.id.split("/")[0] as string;
    if (kinds[name] === "districts" && layer.type === "line" && !filled.has(name)) {
      filled.add(name);
      layers.push({
        id: DISTRICTS + name, type: "fill", source: layer.source, ...(layer["source-layer"] ? { "source-layer": layer["source-layer"] } : {}),
        layout: { visibility: as === "districts" ? "visible" : "none" }, paint: { "fill-color": byName(districts), "fill-opacity": DISTRICT_OPACITY, "fill-antialias": false },
      });
    }
    if (layer.id === MODELS) layers.push({
      id: COLUMNS, type: "fill-extrusion", source: COLUMNS, layout: { visibility: as === "columns" ? "visible" : "none" },
      paint: { "fill-extrusion-color": ["get", "colour"], "fill-extrusion-height": ["get", "height"], "fill-extrusion-vertical-gradient": false },
    });
    layers.push(layer);
  }
  return { ...style, sources: { ...style.sources, [COLUMNS]: { type: "geojson", data: columns } }, layers };
}
