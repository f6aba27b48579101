import { afterEach, describe, expect, it, vi } from "vitest";

import { ModelPaint, GHOST, HIDDEN, SHOWN } from "../src/bim/paint";
import { lifts } from "../src/clash-view";
import { boxSize, burning, changeOf, filterText, fitting, grouped, inOrder, ofElement, queryOf, readFilter, rowsOf, stepped, worstOpen, type ClashFilter, type Summary } from "../src/clashes";
import { lifted } from "../src/map/camera";
import { pixelOf } from "../src/map/pixel";
import { onlyServed } from "../src/static";
import type { ClashJson, Severity } from "../src/types";
import { readAddress } from "../src/url";
import { millimetres, sizeText, volumeText } from "../src/words/clash-texts";
import { Random } from "./random";

afterEach(() => vi.unstubAllGlobals());

function clash(id: string, group: string, severity: Severity = "medium", depth = 0.1, more: Partial<ClashJson> = {}): ClashJson {
  const side = (name: string): ClashJson["a"] => ({ project: "P", model: `P-${name}`, global_id: `${id}-${name}`, ifc_class: "IfcWall", name, row: 1 });
  return {
    id, project: "P", rule: "r", a: side("a"), b: side("b"), type: "hard", depth, distance: 0, volume: 1, point: [0, 0, 0], method: "exact_solid", status: "New", group, severity, factors: [],
    reason: null, storey: "1F", assignee: "", due_date: null, first_found: "", last_found: "", element_missing: false, reopened: 0, ...more,
  };
}

const SOME = [clash("1", "g1", "medium", 0.3), clash("2", "g2", "high", 0.1), clash("3", "g1", "high", 0.2), clash("4", "g3", "low", 0.9), clash("5", "g4", "high", 0.2)];

describe("the filter in the address", () => {
  it.each<ClashFilter>([{}, { severity: "high" }, { status: "all", type: "touch" }, { storey: "1F,甲:乙 %", assignee: "Li & <b>Co</b>" }])("comes back: %j", (filter) => {
    expect(readFilter(filterText(filter))).toEqual(filter);
  });

  it("takes nothing from nonsense", () => {
    for (const text of ["severity:awful", "x:y", "storey", "storey:%", ":,:", ""]) expect(readFilter(text)).toEqual({});
  });

  it("asks the server for what it would hide", () => {
    expect(queryOf({})).toBe("");
    expect(queryOf({ severity: "high", storey: "1F" })).toBe("");
    expect(queryOf({ status: "Resolved", type: "touch" })).toBe("&status=Resolved&type=touch");
    expect(queryOf({ status: "all" })).toBe("&all=1");
  });

  it("chooses by severity, storey and assignee", () => {
    const two = [clash("a", "g", "high", 1, { storey: "2F" }), clash("b", "g", "high", 1, { assignee: "Li" })];
    expect(fitting(two, { storey: "2F" }).map(({ id }) => id)).toEqual(["a"]);
    expect(fitting(two, { assignee: "Li" }).map(({ id }) => id)).toEqual(["b"]);
    expect(fitting(SOME, { severity: "low" }).map(({ id }) => id)).toEqual(["4"]);
  });
});

describe("the list", () => {
  const groups = grouped(SOME, []);

  it("has the worst groups first, and within them the worst clashes", () => {
    expect(groups.map(({ id }) => id)).toEqual(["g1", "g4", "g2", "g3"]);
    expect(inOrder(groups).map(({ id }) => id)).toEqual(["3", "1", "5", "2", "4"]);
  });

  it("keeps every clash once, whatever they are", () => {
    const random = new Random(7);
    for (let round = 0; round < 50; round++) {
      const made = Array.from({ length: 40 }, (_, i) => clash(String(i), `g${Math.floor(random.unit() * 9)}`, (["high", "medium", "low"] as const)[Math.floor(random.unit() * 3)], Math.round(random.unit() * 5)));
      const order = inOrder(grouped(made, [])).map(({ id }) => id);
      expect([...order].sort()).toEqual(made.map(({ id }) => id).sort());
    }
  });

  it("opens one group; a group of one is its clash", () => {
    expect(rowsOf(groups, null).map(({ key }) => key)).toEqual(["group g1", "5", "2", "4"]);
    expect(rowsOf(groups, "g1").map(({ key, within }) => [key, within])).toEqual([["group g1", false], ["3", true], ["1", true], ["5", false], ["2", false], ["4", false]]);
  });

  it("is stepped through from end to end and not beyond", () => {
    const order = inOrder(groups);
    let at: string | null = null;
    const seen: string[] = [];
    for (let next = stepped(order, at, 1); next; next = stepped(order, at, 1)) seen.push((at = next.id));
    expect(seen).toEqual(order.map(({ id }) => id));
    expect(stepped(order, "3", -1)).toBeNull();
    expect(stepped(order, null, -1)?.id).toBe("4");
    expect(stepped([], null, 1)).toBeNull();
  });

  it("goes on where a clash stood that is settled now", () => {
    const order = inOrder(groups).filter(({ id }) => id !== "5"); // it was the third, number 2
    expect(stepped(order, "5", 1, 2)?.id).toBe("2");
    expect(stepped(order, "5", -1, 2)?.id).toBe("1");
  });

  it("knows the clashes of an element", () => {
    expect(ofElement(SOME, "3-b").map(({ id }) => id)).toEqual(["3"]);
    expect(ofElement(SOME, "none")).toEqual([]);
  });
});

describe("projects", () => {
  const summary = (code: string, open: number, high: number, medium: number): Summary => ({ code, name: code, open, statuses: {}, types: {}, severities: { high, medium, low: open - high - medium }, point: null, last_run: null });

  it("come the worst first, without those that have none open", () => {
    expect(burning([summary("a", 9, 0, 9), summary("b", 2, 1, 1), summary("c", 0, 0, 0), summary("d", 3, 1, 2)]).map(({ code }) => code)).toEqual(["d", "b", "a"]);
    expect(worstOpen(summary("a", 9, 0, 9))).toBe("medium");
    expect(worstOpen(summary("c", 0, 0, 0))).toBeNull();
  });
});

describe("a change", () => {
  const old = { status: "Active", assignee: "Li", due_date: "2026-12-24" } as const;

  it("is what differs", () => {
    expect(changeOf(old, { comment: " " }, false)).toBeNull();
    expect(changeOf(old, { status: "Active", assignee: " Li ", due: "2026-12-24", comment: "" }, false)).toBeNull();
    expect(changeOf(old, { status: "Resolved", assignee: "", due: "", comment: " x " }, false)).toEqual({ status: "Resolved", assignee: "", due_date: null, comment: "x" });
  });

  it("of a group is all that was touched: others may differ", () => {
    expect(changeOf(old, { status: "Active", comment: "" }, true)).toEqual({ status: "Active" });
  });
});

describe("on the map", () => {
  it("two rows have colours, the rest of the project are ghosts", () => {
    const made = lifts({ a: clash("1", "g").a, b: { ...clash("1", "g").b, row: -1 } }, { a: "#0072b2", b: "#d55e00" }, ["P-a", "P-b", "P-c"]);
    expect([...made.keys()]).toEqual(["P-a", "P-b", "P-c"]);
    expect([...(made.get("P-a") ?? [])]).toEqual([[1, [0, 114, 178, 255]]]);
    expect(made.get("P-b")?.size).toBe(0); // its element is gone
  });

  it("a lifted row is seen whatever hides it, and what was chosen comes back", () => {
    const paint = new ModelPaint("m", 4);
    paint.show(Uint8Array.of(SHOWN, HIDDEN, GHOST, HIDDEN));
    const before = [...paint.snapshot().bytes.slice(0, 16)];
    paint.lift(new Map([[1, [10, 20, 30, 255]]]));
    expect([0, 1, 2, 3].map((row) => paint.stateOf(row))).toEqual([GHOST, SHOWN, GHOST, HIDDEN]);
    expect([...paint.snapshot().bytes.slice(4, 8)]).toEqual([10, 20, 30, 127]);
    expect([0, 2].map((row) => paint.snapshot().bytes[4 * row + 3])).toEqual([129, 129]);
    expect(paint.ghostly).toBe(true);
    paint.lift(null);
    expect([...paint.snapshot().bytes.slice(0, 16)]).toEqual(before);
  });

  it("the camera shows a place high up where it would show the ground", () => {
    const random = new Random(3);
    const screen = { width: 1366, height: 768 };
    for (let round = 0; round < 100; round++) {
      const view = { longitude: 114, latitude: 22.5 + random.unit(), zoom: 19 + 2 * random.unit(), pitch: 70 * random.unit(), bearing: 360 * random.unit() };
      const height = 60 * random.unit() - 10;
      const centred = lifted(view, height, [0, 0], screen.height);
      const seen = pixelOf(centred, screen, view.longitude, view.latitude, height) as [number, number];
      expect(Math.hypot(seen[0] - 683, seen[1] - 384)).toBeLessThan(0.6);
    }
  });

  it("the size of an overlap is the way through its box", () => {
    const north = 3 / 111319.5;
    expect(boxSize([[114, 0, 10], [114, 0, 10], [114, north, 14]])).toBeCloseTo(5, 3);
    expect(boxSize([])).toBe(0);
  });
});

describe("figures", () => {
  it("are read at a glance", () => {
    expect(millimetres(0.1461, "en")).toBe("146 mm");
    expect(millimetres(0.0523, "en")).toBe("52.3 mm");
    expect([2.5, 0.0942556, 0.000156701, 3e-7].map((volume) => volumeText(volume, "en"))).toEqual(["2.5 m³", "0.094 m³", "0.16 L", "0.3 cm³"]);
    expect(sizeText({ type: "clearance", depth: 0, distance: 0.25 }, "en")).toBe("250 mm");
    expect(sizeText({ type: "workflow", depth: 0, distance: 0 }, "en")).toBe("");
  });
});

describe("a static copy", () => {
  const asked = "?project=P&clashes=1&clash=1&group=2&cf=severity:high";

  it("has no clashes", () => {
    vi.stubGlobal("document", { querySelector: () => ({}) });
    expect(onlyServed(readAddress(asked))).toMatchObject({ project: "P", clashes: false, clash: null, clashGroup: null, clashFilter: {} });
  });

  it("is not what a server serves", () => {
    vi.stubGlobal("document", { querySelector: () => null });
    expect(onlyServed(readAddress(asked))).toMatchObject({ clashes: true, clash: "1", clashGroup: "2", clashFilter: { severity: "high" } });
  });
});
