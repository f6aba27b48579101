import { featureFilter, validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import type { StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";

import { bareStyle, cityLayerOf, GRID, made, MODELS, offAtFirst, without, type Made } from "../src/map/basemap";
import { fontFile } from "../src/map/fonts";
import { featureTitle } from "../src/words/kinds";
import { shortCrs } from "../src/panels/layers";
import { hiddenBy } from "../src/panels/replaced";
import { LANGUAGES } from "../src/words/dictionary";
import { featureKind, KIND_LIST, kindName } from "../src/words/kinds";

const source = "twin:楼.1";
const STYLE: StyleSpecification = {
  version: 8, metadata: { "twin:layers": { "楼.1": "buildings", pipes: "utilities" } },
  sources: { [source]: { type: "vector", url: "http://127.0.0.1:8000/tiles/a.json" }, "twin:pipes": { type: "vector", url: "http://127.0.0.1:8000/tiles/b.json" } },
  layers: [
    { id: "ground", type: "background", paint: { "background-color": "#fff" } },
    { id: "pipes/line", type: "line", source: "twin:pipes", "source-layer": "pipes", layout: { visibility: "none" } },
    { id: "楼.1/building", type: "fill-extrusion", source, "source-layer": "楼.1", filter: ["==", ["geometry-type"], "Polygon"] },
    { id: MODELS, type: "background", layout: { visibility: "none" } },
    { id: "楼.1/name", type: "symbol", source, "source-layer": "楼.1" },
  ],
};
const PLAIN: Made = { theme: "light", fonts: [], hidden: new Set(), replaced: null };

const idsOf = (style: StyleSpecification): string[] => style.layers.map((layer) => layer.id);
const visibility = (style: StyleSpecification, id: string): unknown => style.layers.find((layer) => layer.id === id)?.layout?.visibility;

describe("the style of the ground", () => {
  it("knows whose layers its parts are", () => {
    expect(idsOf(STYLE).map(cityLayerOf)).toEqual([null, "pipes", "楼.1", null, "楼.1"]);
    expect([...offAtFirst(STYLE)]).toEqual(["pipes"]);
  });

  it("shows and hides every part of a layer, and nothing else", () => {
    const style = made(STYLE, { ...PLAIN, hidden: new Set(["楼.1"]) });
    expect(["pipes/line", "楼.1/building", "楼.1/name", MODELS].map((id) => visibility(style, id))).toEqual(["visible", "none", "none", "none"]);
    expect(idsOf(style)).toEqual(idsOf(STYLE));
  });

  it("leaves out replaced buildings in each part, whatever was filtered before", () => {
    const style = made(STYLE, { ...PLAIN, replaced: { rule: "", layers: { "楼.1": { ids: [3, 7], by: {} } } } });
    for (const id of ["楼.1/building", "楼.1/name"]) {
      const { filter } = featureFilter((style.layers.find((layer) => layer.id === id) as { filter?: never } | undefined)?.filter, "filter");
      const seen = [1, 2, 3, 4, 7].filter((number) => filter({ zoom: 15 }, { type: 3, id: number, properties: {} } as never));
      expect(seen, id).toEqual([1, 2, 4]);
    }
    expect(featureFilter(without(["==", ["geometry-type"], "Polygon"], [3]), "filter").filter({ zoom: 15 }, { type: 1, id: 4, properties: {} } as never)).toBe(false);
  });

  it("has a grid only where the city has no layers", () => {
    expect(made(STYLE, PLAIN).sources[GRID]).toBeUndefined();
    const bare = made(bareStyle("dark"), { ...PLAIN, theme: "dark" });
    expect(idsOf(bare)).toEqual(["ground", "grid-minor", "grid-major", MODELS]);
    expect(bare.sources[GRID]).toBeDefined();
  });

  it("is valid with fonts, grid and hidden buildings", () => {
    const fonts = [{ url: "http://127.0.0.1:8000/a.woff2", "unicode-range": ["U+4e00-4eff"] }];
    const replaced = { rule: "", layers: { "楼.1": { ids: [1], by: {} } } };
    for (const style of [STYLE, bareStyle("light"), bareStyle("dark")]) expect(validateStyleMin(made(style, { ...PLAIN, fonts, replaced }) as never)).toEqual([]);
  });
});

describe("fonts", () => {
  it("are found in the style sheet", () => {
    expect(fontFile('url("./files/noto-4.woff2") format("woff2-variations")', "U+4E00-4EFF, U+2F??", "http://x/assets/index.css"))
      .toEqual({ url: "http://x/assets/files/noto-4.woff2", "unicode-range": ["U+4E00-4EFF", "U+2F??"] });
    expect(fontFile("local(Arial)", "", "http://x/")).toBeNull();
  });
});

describe("words of layers", () => {
  it("name every kind in both languages", () => {
    for (const kind of KIND_LIST) for (const language of LANGUAGES) expect(kindName(kind, language)).not.toBe(kind === "other" ? "" : kind);
    expect(featureKind("roads", "primary", "zh")).toBe("主干路");
    expect(featureKind("roads", undefined, "en")).toBe("Road");
    expect(featureKind("roads", "constructor", "en")).toBe("Road");
  });

  it("call a feature by its name and class", () => {
    expect(featureTitle({ layer: "a", kind: "green", id: 1, properties: { name: " 南湖公园 ", class: "park" } }, "zh")).toEqual({ name: "南湖公园", kind: "公园" });
    expect(featureTitle({ layer: "a", kind: "buildings", id: 1, properties: {} }, "en")).toEqual({ name: "", kind: "Building" });
  });

  it("shorten a CRS that is a page of WKT", () => {
    expect(shortCrs("EPSG:4547")).toBe("EPSG:4547");
    expect(shortCrs('PROJCRS["滨江独立坐标系",BASEGEOGCRS["CGCS2000"]]')).toBe("滨江独立坐标系");
  });

  it("count the buildings that a model hides", () => {
    const replaced = { rule: "", layers: { a: { ids: [1, 2], by: { 1: "m", 2: "n" } }, b: { ids: [1], by: { 1: "m" } } } };
    expect([hiddenBy("m", replaced), hiddenBy("n", replaced), hiddenBy("x", replaced), hiddenBy("m", undefined)]).toEqual([2, 1, 0, 0]);
  });
});
