import { describe, expect, it } from "vitest";

import { dated } from "../src/api";
import { palette } from "../src/bim/colouring";
import { MATERIAL, ModelPaint } from "../src/bim/paint";
import { levelSection } from "../src/bim/section";
import { EVERYTHING, hidden, isolated } from "../src/bim/visibility";
import { extentKm, mainCluster, metresPerPixel, viewOf } from "../src/map/camera";
import { groundGrid, spacing } from "../src/map/grid";
import { Pace } from "../src/map/pace";
import { groups, searchRows, treeRows } from "../src/tree";
import type { Bounds, ElementColumns, LegendEntry } from "../src/types";
import { readAddress, readView, writeAddress, writeView } from "../src/url";
import { className } from "../src/words/classes";
import { sayIn, WORD_LIST } from "../src/words/dictionary";
import { count, quantity } from "../src/words/format";
import { index, money } from "../src/words/lights";

describe("the address", () => {
  it("restores what it wrote", () => {
    const address = { project: "P 001/甲", model: "P001-办公楼", element: "3rPX_Juz59peXXY6wDJl18", lang: "en" as const, asOf: "2026-06-30", knownAt: "2026-07-05T08:00:00+08:00", by: "deviation" as const, cityAs: "columns" as const, compare: "2026-05-31", split: 0.3, section: levelSection(12.35, true), shows: new Map([["P001-办公楼", hidden(isolated(EVERYTHING, ["class:IfcWall", "storey:"]), "system:送风 1:2")]]), view: { longitude: 114.0579123, latitude: 22.5431, zoom: 17.25, pitch: 55, bearing: -20.5 }, clashes: true, clash: "7821438b-13c4", clashGroup: "16cb0ae1", clashFilter: { severity: "high", storey: "1F, 甲:乙" } };
    expect(readAddress(writeAddress(address))).toEqual(address);
  });

  it.each([10, 13.5, 17, 20.25, 23])("loses less than a twentieth of a pixel at zoom %f", (zoom) => {
    const view = { longitude: 114.05791234567891, latitude: 22.543123456789, zoom, pitch: 55, bearing: -150 };
    const back = readView(writeView(view));
    expect((Math.abs((back?.longitude ?? 0) - view.longitude) * 111320) / metresPerPixel(zoom, 0)).toBeLessThan(0.05);
  });

  it("keeps a GlobalId with a dollar sign and leaves out what is absent", () => {
    const address = { project: null, model: null, element: "1$_abc", lang: null, asOf: null, knownAt: null, by: null, cityAs: null, compare: null, split: null, section: null, shows: new Map(), view: null, clashes: false, clash: null, clashGroup: null, clashFilter: {} };
    const text = writeAddress(address);
    expect(readAddress(text)).toEqual(address);
    expect(text).not.toContain("view");
  });

  it.each(["", "1,2,3,4", "1,2,3,4,x", "1,2,3,,5", "200,0,3,4,5", "0,89,3,4,5", "0,0,30,4,5", "0,0,3,95,5"])("refuses the view %j", (text) => {
    expect(readView(text)).toBeNull();
  });

  it("takes no language it does not speak, no day that is none, no colouring that is unknown", () => {
    expect(readAddress("?lang=fr").lang).toBeNull();
    expect(["2026-06-31", "2026-6-1", "20260601", "0000-00-00", "x", ""].map((day) => readAddress(`?as_of=${day}`).asOf)).toEqual([null, null, null, null, null, null]);
    expect(readAddress("?as_of=2024-02-29").asOf).toBe("2024-02-29");
    expect(readAddress("?by=price").by).toBeNull();
  });

  it("asks for facts as the server names them", () => {
    expect(dated({ asOf: null, knownAt: null })).toBe("");
    expect(dated({ asOf: "2026-06-30", knownAt: "2026-07-05T08:00:00+08:00" }, "steel")).toBe("?as_of=2026-06-30&forecast=1&known_at=2026-07-05T08%3A00%3A00%2B08%3A00&by=steel");
  });
});

describe("words", () => {
  it("have the same places for values in both languages", () => {
    const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string).sort();
    for (const word of WORD_LIST) expect(places(sayIn("en", word)), word).toEqual(places(sayIn("zh", word)));
  });

  it("are Chinese in Chinese and have none of it in English", () => {
    for (const word of WORD_LIST) {
      if (["language_label", "global_id", "none"].includes(word)) continue;
      // some only join what they are given: "{name}：{light}"
      if (/\p{L}/u.test(sayIn("en", word).replace(/\{\w+\}/g, ""))) expect(sayIn("zh", word), word).toMatch(/[\u4e00-\u9fff]/);
      expect(sayIn("en", word), word).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("fill in values and leave unknown ones standing", () => {
    expect(sayIn("en", "loading_tiles", { done: 2, all: 5 })).toBe("Loading models 2/5");
    expect(sayIn("en", "loading_tiles", { done: 2 })).toBe("Loading models 2/{all}");
  });

  it("name classes", () => {
    expect(className("IfcWallStandardCase", "zh")).toBe("墙");
    expect(className("IfcWallStandardCase", "en")).toBe("Wall standard case");
    expect(className("IfcNewThing", "zh")).toBe("NewThing");
  });
});

describe("numbers", () => {
  it.each([[9999, "9,999", "9,999"], [12345, "1.23 万", "12,345"], [340000000, "3.4 亿", "340 million"], [0, "0", "0"]])("counts %d", (value, zh, en) => {
    expect([count(value, "zh"), count(value, "en")]).toEqual([zh, en]);
  });

  it.each([[60000, "6 万元", "CNY 60,000"], [420000000, "4.2 亿元", "CNY 420 million"], [9000, "9,000 元", "CNY 9,000"], [null, "–", "–"]])("tells %d of money", (value, zh, en) => {
    expect([money(value, "CNY", "zh"), money(value, "CNY", "en")]).toEqual([zh, en]);
  });

  it("tells an index with two decimals, so that columns compare", () => {
    expect([index(1, "zh"), index(0.925, "en"), index(null, "en")]).toEqual(["1.00", "0.93", "–"]);
  });

  it("shows quantities with units and enough digits", () => {
    expect(quantity(5.8082, "m3", "en")).toBe("5.808 m³");
    expect(quantity(0.0012345, "m", "zh")).toBe("0.00123 m");
    expect(quantity(25000, "m2", "zh")).toBe("2.5 万 m²");
    expect(quantity(7, null, "en")).toBe("7");
  });
});

const COLUMNS: ElementColumns = {
  global_id: ["a1", "b2", "c3", "d4", "e5"], name: ["外墙 North", "Slab", "", "door", "roof"], ifc_class: [1, 0, 1, 2, 3], storey: [1, 0, 0, 1, -1],
  classes: ["IfcSlab", "IfcWall", "IfcDoor", "IfcRoof"], storeys: [{ global_id: "s0", name: "F2", elevation: 3 }, { global_id: "s1", name: "F1", elevation: 0 }],
  systems: [],
};
const WORDS = { noStorey: "none", unnamed: "?" };

describe("the tree", () => {
  it("orders storeys from the ground up, those without one last", () => {
    expect(treeRows(COLUMNS, new Set(), "en", WORDS).map((r) => [r.label, r.count])).toEqual([["F1", 2], ["F2", 2], ["none", 1]]);
  });

  it("opens storeys and classes", () => {
    const rows = treeRows(COLUMNS, new Set(["s1", "s1c1"]), "zh", WORDS);
    expect(rows.map((r) => [r.depth, r.label, r.row])).toEqual([[0, "F1", -1], [1, "门", -1], [1, "墙", -1], [2, "外墙 North", 0], [0, "F2", -1], [0, "none", -1]]);
  });

  it("loses no element", () => {
    expect(groups(COLUMNS).reduce((sum, g) => sum + g.size, 0)).toBe(COLUMNS.global_id.length);
  });

  it("finds names and GlobalIds in any case", () => {
    expect(searchRows(COLUMNS, " NORTH ", "?").map((r) => r.row)).toEqual([0]);
    expect(searchRows(COLUMNS, "C3", "?").map((r) => [r.row, r.label])).toEqual([[2, "?"]]);
    expect(searchRows(COLUMNS, "外墙", "?")).toHaveLength(1);
    expect(searchRows(COLUMNS, "zzz", "?")).toEqual([]);
  });
});

describe("the camera", () => {
  const window = { width: 1366, height: 700, left: 344, right: 0 };

  it("takes a building into the free part of the window", () => {
    const bounds: Bounds = [114.05, 22.54, 114.051, 22.5405];
    const { zoom, longitude } = viewOf(bounds, 20, window);
    const pixels = (0.001 * 111320 * Math.cos((22.54 * Math.PI) / 180)) / metresPerPixel(zoom, 22.54);
    expect(pixels).toBeGreaterThan(300);
    expect(pixels).toBeLessThan(window.height);
    expect(longitude).toBeCloseTo(114.0505, 6);
  });

  it("shows 5 km at zoom 13.5 or so", () => {
    expect(metresPerPixel(13.5, 22.5) * 768).toBeGreaterThan(4500);
  });

  it("is not pulled out of the city by one model at the other end of the world", () => {
    const here: Bounds[] = [[114, 22.5, 114.001, 22.501], [114.1, 22.55, 114.101, 22.551]];
    expect(mainCluster([[-71, 42, -70.99, 42.01], ...here])).toEqual(here);
    expect(mainCluster([])).toEqual([]);
    expect(extentKm([114, 22, 114, 23])).toBeCloseTo(111.3, 0);
  });
});

describe("the ground's grid", () => {
  it("has a round spacing of at least the wanted pixels", () => {
    for (let zoom = 9; zoom < 23; zoom += 0.37) {
      const step = spacing(zoom, 30);
      expect(["1", "2", "5"]).toContain(step.toExponential()[0]);
      expect(step / metresPerPixel(zoom, 30)).toBeGreaterThanOrEqual(43.9);
      expect(step / metresPerPixel(zoom, 30)).toBeLessThan(44 * 2.6);
    }
  });

  it("keeps its lines while the map moves", () => {
    const lines = (longitude: number): Set<string> => new Set(groundGrid({ longitude, latitude: 22.5, zoom: 17, pitch: 0, bearing: 0 }).features.map((f) => String(f.geometry.coordinates[0]?.[0]?.toFixed(9))));
    const [before, after] = [lines(114.05), lines(114.0504)];
    expect([...after].filter((x) => before.has(x)).length).toBeGreaterThan(60);
  });
});

describe("paint", () => {
  it("leaves every feature its material, also those that come later", () => {
    const paint = new ModelPaint("m");
    paint.ensure(3000);
    const { bytes, height } = paint.snapshot();
    expect(height).toBe(3);
    expect(bytes.filter((_, i) => i % 4 === 3).every((a) => a === MATERIAL)).toBe(true);
  });

  it("forgets the colours of another day", () => {
    const paint = new ModelPaint("m");
    paint.apply(Uint8Array.from([1, 1, 1]), [[0, 0, 0, MATERIAL], [200, 54, 46, 255]]);
    paint.apply(Uint8Array.from([1]), [[0, 0, 0, MATERIAL], [1, 2, 3, 255]]);
    expect([...paint.snapshot().bytes.slice(0, 12)]).toEqual([1, 2, 3, 127, 0, 0, 0, MATERIAL, 0, 0, 0, MATERIAL]);
  });

  it("takes the legend's colours; through no data the material shows", () => {
    const entry = (index: number, colour: string): LegendEntry => ({ index, colour, label: "" });
    const colours = palette({ by: "light", entries: [entry(0, "#d5dade"), entry(3, "#cc3311")] });
    expect(colours[3]).toEqual([0xcc, 0x33, 0x11, 255]);
    expect(colours[0]?.slice(0, 3)).toEqual([0xd5, 0xda, 0xde]);
    expect(colours[0]?.[3]).toBeLessThan(200);
    expect(colours[1]).toEqual([0, 0, 0, MATERIAL]);
  });

  it("turns one byte per row into colours", () => {
    const paint = new ModelPaint("m", 2000);
    const before = paint.snapshot().version;
    paint.apply(Uint8Array.from([0, 1, 2]), [[0, 0, 0, MATERIAL], [200, 54, 46, 255], [0, 0, 0, 0]]);
    const { bytes, version } = paint.snapshot();
    expect([...bytes.slice(0, 12)]).toEqual([0, 0, 0, 1, 200, 54, 46, 127, 0, 0, 0, 0]);
    expect(version).toBeGreaterThan(before);
  });
});

describe("pace", () => {
  it("calls a machine slow after some long frames, and does not count the pauses between moves", () => {
    const pace = new Pace();
    for (let i = 0; i < 8; i++) pace.frame(i * 16);
    expect(pace.slow).toBe(false);
    pace.rest();
    pace.frame(60000);
    expect(pace.slow).toBe(false);
    for (let i = 1; i < 12; i++) pace.frame(60000 + i * 120);
    expect(pace.slow).toBe(true);
  });
});
