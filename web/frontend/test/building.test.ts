import { describe, expect, it } from "vitest";

import { GHOST, HIDDEN } from "../src/bim/paint";
import type { MeasuredPoint, Vec3 } from "../src/bim/measure";
import { uprightSection } from "../src/bim/section";
import { EVERYTHING, hidden, isolated, keyOf, rowsOf, visibleRows, type PartKey, type Selection } from "../src/bim/visibility";
import { isolating } from "../src/building";
import { ended, NO_MEASURE, resultOf, shapesOf, withPoint } from "../src/measuring";
import { byKind } from "../src/panels/search";
import { isWhole, onlyThis, readShows, rowShownAs, shownAs, showsTexts, toggled, withSelection, type Shows } from "../src/shows";
import { GROUPINGS, keysTo, treeRows } from "../src/tree";
import type { ElementColumns, Found } from "../src/types";
import { readAddress, writeAddress } from "../src/url";
import { sayIn, type Word } from "../src/words/dictionary";
import { Random } from "./random";

const COLUMNS: ElementColumns = {
  global_id: ["a", "b", "c", "d", "e", "f"], name: ["W1", "W2", "S1", "D1", "P1", "P2"], ifc_class: [0, 0, 1, 2, 3, 3], storey: [0, 1, 0, 1, 0, -1],
  classes: ["IfcWall", "IfcSlab", "IfcDoor", "IfcPipeSegment"], storeys: [{ global_id: "g0", name: "F1", elevation: 0 }, { global_id: "g1", name: "F2", elevation: 3 }],
  systems: [{ name: "给水 1", ifc_class: "IfcDistributionSystem", global_id: "y0", rows: [4, 5] }, { name: "", ifc_class: "IfcZone", global_id: "y1", rows: [2, 4] }],
};
const WORDS = { noStorey: "none", unnamed: "?" };
const NOWHERE = { project: null, model: null, element: null, lang: null, asOf: null, knownAt: null, by: null, cityAs: null, compare: null, split: null, view: null, clashes: false, clash: null, clashGroup: null, clashFilter: {} };

describe("the tree", () => {
  it("has systems and classes at the top, elements below", () => {
    expect(treeRows(COLUMNS, new Set(["y0"]), "en", WORDS, "systems").map((r) => [r.depth, r.label, r.row, r.count])).toEqual([[0, "给水 1", -1, 2], [1, "P1", 4, 0], [1, "P2", 5, 0], [0, "Zone", -1, 2]]);
    expect(treeRows(COLUMNS, new Set(["c0"]), "en", WORDS, "classes").map((r) => [r.label, r.row])).toEqual([["Door", -1], ["Pipe segment", -1], ["Slab", -1], ["Wall", -1], ["W1", 0], ["W2", 1]]);
  });

  it.each(GROUPINGS)("means by a row exactly the elements that stand below it: %s", (grouping) => {
    const keys = treeRows(COLUMNS, new Set(), "en", WORDS, grouping).map((r) => r.key);
    const all = treeRows(COLUMNS, new Set([...keys, ...treeRows(COLUMNS, new Set(keys), "en", WORDS, grouping).map((r) => r.key)]), "en", WORDS, grouping);
    all.forEach((head, i) => {
      if (head.kind === "element") return expect(rowsOf(COLUMNS, head.part)).toEqual([head.row]);
      const end = all.findIndex((r, j) => j > i && r.depth <= head.depth);
      const below = all.slice(i + 1, end < 0 ? undefined : end).flatMap((r) => (r.row < 0 ? [] : [r.row])).sort();
      expect(below).toHaveLength(head.count);
      expect(rowsOf(COLUMNS, head.part)).toEqual(below);
    });
  });

  it.each(GROUPINGS)("opens what leads to an element: %s", (grouping) => {
    for (const row of [0, 4, 5]) {
      const keys = keysTo(COLUMNS, row, grouping);
      const seen = treeRows(COLUMNS, new Set(keys), "en", WORDS, grouping).some((r) => r.row === row);
      expect(seen).toBe(keys.length > 0);
    }
  });
});

const PARTS: PartKey[] = [keyOf.storey(COLUMNS, 0), keyOf.storey(COLUMNS, -1), keyOf.class("IfcWall"), keyOf.part(COLUMNS, 1, "IfcDoor"), keyOf.system("给水 1"), keyOf.row(2), keyOf.row(4)];

function some(random: Random): Selection {
  const pick = (): PartKey[] => PARTS.filter(() => random.unit() < 0.3);
  return { hidden: new Set(pick()), only: new Set(pick()), ghostRest: random.unit() < 0.5 };
}

describe("what a reader does to what is shown", () => {
  it("shows only what is isolated, whatever hid it", () => {
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      const [selection, part] = [some(random), PARTS[Math.floor(random.unit() * PARTS.length)] as PartKey];
      if (selection.only.size === 1 && selection.only.has(part)) continue;
      const states = visibleRows(COLUMNS, onlyThis(COLUMNS, selection, part));
      const rows = new Set(rowsOf(COLUMNS, part));
      states.forEach((_, row) => expect(rowShownAs(states, row) === "all").toBe(rows.has(row)));
    }
  });

  it("isolates once and lets go the second time", () => {
    const part = keyOf.class("IfcWall");
    const twice = onlyThis(COLUMNS, onlyThis(COLUMNS, hidden(EVERYTHING, keyOf.row(4)), part), part);
    expect(twice).toEqual(hidden(EVERYTHING, keyOf.row(4)));
  });

  it("turns a part off and on again", () => {
    const random = new Random(6);
    for (let i = 0; i < 300; i++) {
      const [selection, part] = [some(random), PARTS[Math.floor(random.unit() * PARTS.length)] as PartKey];
      const off = visibleRows(COLUMNS, toggled(COLUMNS, selection, part, "some"));
      const on = visibleRows(COLUMNS, toggled(COLUMNS, toggled(COLUMNS, selection, part, "all"), part, "none"));
      for (const row of rowsOf(COLUMNS, part)) expect([rowShownAs(off, row), rowShownAs(on, row)]).toEqual(["none", "all"]);
    }
  });

  it("says how a part is shown", () => {
    expect([[2, 0, 0], [1, 0, 1], [1, 1, 0], [0, 2, 0], [0, 1, 1], [0, 0, 2]].map(([s = 0, g = 0, h = 0]) => shownAs({ shown: s, ghost: g, hidden: h }))).toEqual(["all", "some", "some", "ghost", "ghost", "none"]);
  });

  it("keeps no entry that says nothing", () => {
    expect(withSelection(new Map([["m", hidden(EVERYTHING, "row:1")]]), "m", EVERYTHING).size).toBe(0);
    expect(withSelection(new Map(), "m", { ...EVERYTHING, ghostRest: false }).size).toBe(1);
  });
});

describe("what is isolated among several models", () => {
  it("is not hidden by the other models of its project, and no other project is touched", () => {
    const only = isolated({ ...EVERYTHING, hidden: new Set(["row:9" as const]) }, ["class:IfcPipeSegment"]);
    const inView = [{ model: "arch", project: "P" }, { model: "mep", project: "P" }, { model: "school", project: "Q" }];
    const found = isolating({ shows: new Map([["mep", only], ["arch", hidden(EVERYTHING, "row:1")]]), inView });
    expect(found.get("mep")).toBe(only);
    expect(found.has("school")).toBe(false);
    expect([...visibleRows(COLUMNS, found.get("arch") as Selection)]).toEqual([GHOST, HIDDEN, GHOST, GHOST, GHOST, GHOST]);
    expect(isolating({ shows: new Map([["arch", hidden(EVERYTHING, "row:1")]]), inView }).size).toBe(1);
  });
});

describe("the address of what is shown", () => {
  it("comes back as it was, whatever a model is called", () => {
    const random = new Random(7);
    const names = ["P001-a", "a:b", "医院 & 机电", "x?y=z#", "'\"<script>"];
    for (let i = 0; i < 200; i++) {
      const shows: Shows = new Map(names.map((name) => [name, some(random)] as const).filter(([, selection]) => !isWhole(selection)));
      const section = random.unit() < 0.5 ? null : uprightSection(Math.round(random.unit() * 359), Math.round(random.unit() * 1e4) / 100, [114.0579, 22.5431], random.unit() < 0.5);
      expect(readAddress(writeAddress({ ...NOWHERE, section, shows }))).toEqual({ ...NOWHERE, section, shows });
    }
  });

  it("takes nothing from nonsense", () => {
    expect(readShows(["", ":", "x", "g:m", "g:", ":m", "zz.q:m"])).toEqual(new Map());
    expect(readShows(Array.from({ length: 100 }, (_, i) => `r1:m${i}`)).size).toBe(64);
    expect(showsTexts(new Map([["m", { ...EVERYTHING, ghostRest: false }]]))).toEqual([]);
  });
});

function at(local: Vec3, exact = true): MeasuredPoint {
  return { model: "m", project: "p", row: 0, globalId: "a", local, ecefFromLocal: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], place: local, snap: "vertex", exact };
}
const say = (word: Word, values?: Readonly<Record<string, string | number>>): string => sayIn("en", word, values);
const taken = (tool: "length" | "height" | "area", ...points: (MeasuredPoint | null)[]) => points.reduce((m, p) => withPoint(m, tool, p), NO_MEASURE);

describe("measuring", () => {
  it("says lengths and areas with their units", () => {
    expect(resultOf("length", [at([0, 0, 0]), at([3, 4, 0]), at([3, 4, 12])], "en", say)).toEqual({ main: "17.000 m", facts: [["measure_straight", "13.000 m"], ["measure_height_of", "12.000 m"], ["measure_horizontal", "5.000 m"]], notes: [] });
    expect(resultOf("height", [at([0, 0, 7]), at([3, 4, 4.5])], "en", say).main).toBe("2.500 m");
    expect(resultOf("area", [at([0, 0, 0]), at([4, 0, 0]), at([4, 0, 2.5]), at([0, 0, 2.5])], "en", say)).toEqual({ main: "10.00 m²", facts: [["measure_flat", "0.00 m²"], ["measure_perimeter", "13.000 m"]], notes: [] });
  });

  it("says when a figure is not what it seems", () => {
    expect(resultOf("length", [at([0, 0, 0]), at([1, 0, 0], false)], "en", say).notes.join()).toContain("come closer");
    expect(resultOf("area", [at([0, 0, 0]), at([2, 2, 0]), at([2, 0, 0]), at([0, 2, 0])], "en", say).notes.join()).toContain("crosses itself");
    expect(resultOf("area", [at([0, 0, 0]), at([1, 0, 0]), at([2, 0, 0])], "en", say)).toMatchObject({ main: null, notes: [say("measure_line_only")] });
  });

  it("takes the two clicks of a double click as one point, and begins anew after the end", () => {
    expect(taken("length", at([0, 0, 0]), at([1, 0, 0]), at([1, 0, 0])).points).toHaveLength(2);
    const done = ended(taken("length", at([0, 0, 0]), at([1, 0, 0])), "length");
    expect(done.done).toBe(true);
    expect(withPoint(done, "length", at([5, 0, 0]))).toEqual({ points: [at([5, 0, 0])], done: false, missed: false });
    expect(taken("height", at([0, 0, 0]), at([1, 0, 1])).done).toBe(true);
    expect(ended(taken("area", at([0, 0, 0]), at([1, 0, 0])), "area").done).toBe(false);
    expect(taken("length", at([0, 0, 0]), null)).toMatchObject({ missed: true, points: [at([0, 0, 0])] });
  });

  it("draws a height as its vertical", () => {
    const [shape] = shapesOf("height", [at([0, 0, 1]), at([3, 4, 9])], "8.000 m");
    expect(shape?.places).toEqual([[0, 0, 1], [3, 4, 1], [3, 4, 9]]);
    expect(shapesOf("area", [], null)).toEqual([]);
  });
});

describe("search results", () => {
  it("stand by kind, each in the server's order", () => {
    const found = (kind: Found["kind"], title: string): Found => ({ kind, title, subtitle: "", matched: "name", project: null, model: null, global_id: null, layer: null, feature: null, longitude: null, latitude: null, bounds: null });
    const groups = byKind([found("place", "p"), found("element", "b"), found("project", "x"), found("element", "a")]);
    expect(groups.map(({ kind, found: listed }) => [kind, ...listed.map(({ title }) => title)])).toEqual([["project", "x"], ["element", "b", "a"], ["place", "p"]]);
  });
});
