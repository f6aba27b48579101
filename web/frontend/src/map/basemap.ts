/** The server's style of the city, made ready for this page: its fonts, what is switched off, what a model replaces. */

import type { FilterSpecification, LayerSpecification, SkySpecification, StyleSpecification } from "maplibre-gl";

import type { Theme } from "../store";
import type { Replaced } from "../types";

/** A style layer that draws nothing: models are drawn just before it, so that labels come after them. */
export const MODELS = "models";
/** The grid's GeoJSON source. */
export const GRID = "grid";
/** The name that the server's labels ask for. */
const FONT = "Noto Sans SC";

const GROUND: Readonly<Record<Theme, { ground: string; minor: string; major: string; sky: string }>> = {
  light: { ground: "#f1f3f2", minor: "#e8ebea", major: "#dfe4e3", sky: "#e6ecee" },
  dark: { ground: "#14181b", minor: "#1a2023", major: "#222a2e", sky: "#1b2226" },
};

export interface FontFile {
  url: string;
  "unicode-range": string[];
}

export interface Made {
  theme: Theme;
  fonts: readonly FontFile[];
  hidden: ReadonlySet<string>;
  replaced: Replaced | null;
}

/** City layer → kind, in a style of the server. */
export function kindsOf(style: StyleSpecification): Readonly<Record<string, string>> {
  return ((style.metadata as Record<string, unknown> | undefined)?.["twin:layers"] ?? {}) as Record<string, string>;
}

/** The city layer that a style layer belongs to: `NAME/part`; null for the ground, the grid, the models. */
export function cityLayerOf(styleLayer: string): string | null {
  const slash = styleLayer.indexOf("/");
  return slash < 0 ? null : styleLayer.slice(0, slash);
}

/** City layers that are off until somebody asks for them: nothing of them is visible in the server's style. */
export function offAtFirst(style: StyleSpecification): Set<string> {
  const shown = new Set<string>();
  for (const layer of style.layers) if (layer.layout?.visibility !== "none") shown.add(cityLayerOf(layer.id) ?? "");
  return new Set(Object.keys(kindsOf(style)).filter((name) => !shown.has(name)));
}

/** The style as the map shall draw it. */
export function made(style: StyleSpecification, { theme, fonts, hidden, replaced }: Made): StyleSpecification {
  const bare = !Object.keys(style.sources).length;
  const layers = style.layers.map((layer) => dressed(layer, hidden, replaced));
  const ground = layers.findIndex((layer) => layer.type === "background") + 1;
  const faces = fonts.length ? { "font-faces": { [FONT]: fonts.map((file) => ({ ...file })) } } : {};
  if (!bare) return { ...style, ...faces, layers };
  return {
    ...style, ...faces, sources: { [GRID]: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
    layers: [...layers.slice(0, ground), ...gridLines(theme), ...layers.slice(ground)],
  };
}

function dressed(layer: LayerSpecification, hidden: ReadonlySet<string>, replaced: Replaced | null): LayerSpecification {
  const name = cityLayerOf(layer.id);
  if (name === null || layer.type === "background") return layer;
  const visible = { ...layer, layout: { ...layer.layout, visibility: hidden.has(name) ? "none" : "visible" } } as typeof layer;
  const ids = replaced?.layers[name]?.ids ?? [];
  return ids.length ? ({ ...visible, filter: without("filter" in layer ? layer.filter : undefined, ids) } as typeof layer) : visible;
}

/** A filter that also leaves out some ids; `match` looks them up where `in` would search through all of them. */
export function without(filter: FilterSpecification | undefined, ids: readonly number[]): FilterSpecification {
  const others = ["match", ["id"], [...ids], false, true];
  return (filter === undefined ? others : ["all", filter, others]) as FilterSpecification;
}

/** What is drawn when the server has no style: the empty ground. */
export function bareStyle(theme: Theme): StyleSpecification {
  return {
    version: 8, sky: sky(theme), sources: {},
    layers: [
      { id: "ground", type: "background", paint: { "background-color": GROUND[theme].ground } },
      { id: MODELS, type: "background", layout: { visibility: "none" } },
    ],
  };
}

function sky(theme: Theme): SkySpecification {
  const colors = GROUND[theme];
  return { "sky-color": colors.sky, "horizon-color": colors.ground, "fog-color": colors.ground, "sky-horizon-blend": 0.9, "horizon-fog-blend": 0.9, "fog-ground-blend": 0.2, "atmosphere-blend": 0 };
}

function gridLines(theme: Theme): LayerSpecification[] {
  return (["minor", "major"] as const).map((kind) => ({
    id: `grid-${kind}`, type: "line", source: GRID, filter: ["==", ["get", "kind"], kind], paint: { "line-color": GROUND[theme][kind], "line-width": 1 },
  }));
}
