import { describe, expect, it } from "vitest";

import type { StyleSpecification } from "maplibre-gl";

import { bareStyle, MODELS } from "../src/map/basemap";
import { metresPerPixel } from "../src/map/camera";
import { byName, colourOf, columnsOf, COLUMNS, districtColours, districtFills, NOTHING, share, tallness, withJudged } from "../src/map/judged";
import { anyNear } from "../src/map/near";
import { rowsOf } from "../src/map/picture";
import { sideOf } from "../src/map/pins";
import { clampSplit } from "../src/map/swipe";
import type { LegendEntry, Part, ProjectFeature } from "../src/types";
import { readAddress } from "../src/url";

const LEGEND: LegendEntry[] = [{ index: 0, label: "none", colour: "#dddddd" }, { index: 1, label: "a", colour: "#111111" }, { index: 2, label: "b", colour: "#222222" }];
const VIEW = { longitude: 114, latitude: 22.5, zoom: 11, pitch: 40, bearing: 0 };

function project(code: string, more: object = {}, at: [number, number] | null = [114, 22.5]): ProjectFeature {
  const properties = { code, name: code, light: "red", models: [], bounds: null, progress: 0.5, index: { progress: 2 }, ...more };
  return { type: "Feature", id: code, geometry: at && { type: "Point", coordinates: at }, properties } as unknown as ProjectFeature;
}

describe("columns", () => {
  it("have the legend's colour, and that of no data where nothing is known", () => {
    expect(colourOf({ progress: 2 }, "progress", LEGEND)).toBe("#222222");
    const unknown: (Record<string, number> | undefined)[] = [undefined, {}, { progress: 9 }];
    for (const index of unknown) expect(colourOf(index, "progress", LEGEND)).toBe("#dddddd");
  });

  it("are as large on the screen at any zoom, and stand in their place", () => {
    for (const zoom of [8, 11, 14]) {
      const [column] = columnsOf([project("a")], "progress", LEGEND, { ...VIEW, zoom }).features;
      const ring = column?.geometry.coordinates[0] as [number, number][];
      expect(ring[0]).toEqual(ring.at(-1));
      const east = (Math.max(...ring.map(([x]) => x)) - Math.min(...ring.map(([x]) => x))) * 111319.49 * Math.cos((22.5 * Math.PI) / 180);
      expect(east / metresPerPixel(zoom, 22.5)).toBeCloseTo(16, 1);
      expect((column?.properties?.["height"] as number) / metresPerPixel(zoom, 22.5)).toBeCloseTo(tallness(project("a").properties, "progress"), 6);
    }
  });

  it("are left out without a place, and where the building itself is large", () => {
    const large = project("large", { bounds: [114, 22.5, 114.01, 22.51] });
    const codes = (zoom: number): string[] => columnsOf([project("a"), project("b", {}, null), large], "progress", LEGEND, { ...VIEW, zoom }).features.map((f) => f.properties?.["code"] as string);
    expect(codes(9)).toEqual(["a", "large"]);
    expect(codes(16)).toEqual(["a"]);
  });

  it("rise with their figure and never beyond the full height", () => {
    const shares = [-1, 0, 0.3, 1, 7].map((progress) => share(project("a", { progress }).properties, "progress"));
    expect(shares).toEqual([0, 0, 0.3, 1, 1]);
    expect(share(project("a", { deviation: -0.15 }).properties, "deviation")).toBeCloseTo(0.5);
    expect(share(project("a", { resources: { steel: { rate: 1 } } }).properties, "steel")).toBe(0.5);
    expect(share(project("a").properties, "land")).toBe(0);
    expect(tallness(project("a", { progress: null }).properties, "progress")).toBeGreaterThan(0);
  });
});

describe("districts", () => {
  const part = (name: string, index?: number): Part => ({ name, projects: 1, index: index === undefined ? undefined : { progress: index } }) as unknown as Part;
  const STYLE = {
    version: 8, metadata: { "twin:layers": { 区: "districts", r: "roads" } }, sources: { d: { type: "vector" } },
    layers: [{ id: "ground", type: "background" }, { id: "区/edge", type: "line", source: "d", "source-layer": "区" }, { id: "r/road", type: "line", source: "d", "source-layer": "r" }, { id: MODELS, type: "background" }, { id: "区/name", type: "symbol", source: "d", "source-layer": "区" }],
  } as unknown as StyleSpecification;

  it("are coloured by their names; the same name twice is one branch", () => {
    expect(byName(districtColours([part("东", 1), part("西"), part("东", 2)], "progress", LEGEND))).toEqual(["match", ["to-string", ["get", "name"]], "东", "#222222", "西", "#dddddd", "#dddddd"]);
    expect(byName(districtColours([], "progress", LEGEND))).toBe("#dddddd");
  });

  it("lie under roads and labels, and belong to no city layer", () => {
    const made = withJudged(STYLE, { ...NOTHING, as: "districts" });
    const [fill] = districtFills(made);
    expect(made.layers.map(({ id }) => id)).toEqual(["ground", fill, "区/edge", "r/road", COLUMNS, MODELS, "区/name"]);
    expect(fill).not.toContain("/");
    expect(districtFills(withJudged(bareStyle("light"), NOTHING))).toEqual([]);
  });
});

describe("names of pins", () => {
  const box = (left: number, right: number, y = 0): { left: number; right: number; y: number } => ({ left, right, y });
  it("stand right, left or nowhere; rather beside a label of the ground than on it", () => {
    const sides = [box(10, 50), box(-50, -10)] as const;
    expect(sideOf(sides, [], [])).toBe(0);
    expect(sideOf(sides, [box(40, 60)], [])).toBe(1);
    expect(sideOf(sides, [box(40, 60), box(-20, -15, 10)], [])).toBe(-1);
    expect(sideOf(sides, [], [box(20, 30)])).toBe(1);
    expect(sideOf(sides, [], [box(20, 30), box(-30, -20)])).toBe(0);
  });
});

describe("a picture's legend", () => {
  it("breaks into rows that are no wider than the picture", () => {
    const { places, rows } = rowsOf([100, 100, 100, 500], 280);
    expect(places.map(({ row }) => row)).toEqual([0, 0, 1, 2]);
    expect(places.map(({ x }) => x === 0)).toEqual([true, false, true, true]);
    expect(rows).toBe(3);
    expect(rowsOf([], 280).rows).toBe(0);
  });
});

it("the divider stays within the map, also from an address", () => {
  expect([-3, 0.5, 9].map(clampSplit)).toEqual([0.04, 0.5, 0.96]);
  expect(["0.3", "0", "1", "x", ""].map((text) => readAddress(`?split=${text}`).split)).toEqual([0.3, null, null, null, null]);
});

it("models far away are not worth their code; one of unknown place is", () => {
  const screen = { width: 1366, height: 768 };
  const building = [113.9995, 22.4995, 114.0005, 22.5005] as const;
  expect(anyNear([[...building]], VIEW, screen)).toBe(false);
  expect(anyNear([[...building]], { ...VIEW, zoom: 17 }, screen)).toBe(true);
  expect(anyNear([null], VIEW, screen)).toBe(true);
  expect(anyNear([], VIEW, screen)).toBe(false);
});
