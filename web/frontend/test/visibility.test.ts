import { describe, expect, it } from "vitest";

import { GHOST, HIDDEN, MATERIAL, ModelPaint, SHOWN } from "../src/bim/paint";
import { countVisible, EVERYTHING, hidden, isolated, keyOf, readVisibility, rowsOf, shown, visibilityText, visibleRows, type PartKey, type Selection, type VisibilityColumns } from "../src/bim/visibility";
import { Random } from "./random";

const random = new Random();

function model(rows: number): VisibilityColumns {
  return {
    ifc_class: Array.from({ length: rows }, () => random.whole(0, 2)), storey: Array.from({ length: rows }, () => random.whole(-1, 2)),
    classes: ["IfcWall", "IfcSlab", "IfcDoor"], storeys: ["2O2Fr$t4X7Zf8NOew3FLKI", "1xS3BCk291UvhgP2dvNMKI", "0$_"].map((global_id) => ({ global_id, name: "楼层", elevation: 0 })),
    systems: ["给水 1", "a/b.c*d:e~f"].map((name) => ({ name, rows: Array.from({ length: 9 }, () => random.whole(0, rows - 1)) })),
  };
}

/** What a row belongs to, told one row at a time: the oracle of what a key means. */
function keysOf(columns: VisibilityColumns, row: number): PartKey[] {
  const id = columns.storeys[columns.storey[row] as number]?.global_id ?? "";
  const name = columns.classes[columns.ifc_class[row] as number] as string;
  const systems = (columns.systems ?? []).filter((system) => system.rows.includes(row)).map((system): PartKey => `system:${system.name}`);
  return [`storey:${id}`, `class:${name}`, `part:${id}/${name}`, `row:${row}`, ...systems];
}

function selection(columns: VisibilityColumns): Selection {
  const keys = columns.ifc_class.flatMap((_, row) => keysOf(columns, row));
  return { hidden: new Set(random.some(keys, 4)), only: new Set(random.some(keys, 3)), ghostRest: random.unit() < 0.5 };
}

const cases = Array.from({ length: 200 }, () => { const columns = model(random.whole(1, 40)); return { columns, chosen: selection(columns) }; });

describe("visibleRows", () => {
  it("hides what is hidden, shows what is isolated, and leaves the rest as it was asked to", () => {
    for (const { columns, chosen } of cases) {
      visibleRows(columns, chosen).forEach((state, row) => {
        const keys = keysOf(columns, row);
        const isHidden = keys.some((key) => chosen.hidden.has(key));
        const isRest = chosen.only.size > 0 && !keys.some((key) => chosen.only.has(key));
        expect(state).toBe(isHidden ? HIDDEN : !isRest ? SHOWN : chosen.ghostRest ? GHOST : HIDDEN);
      });
    }
  });

  it("knows no rows that the model does not have", () => {
    const columns = model(5);
    const strange: Selection = { ...EVERYTHING, hidden: new Set(["row:5", "row:-1", "row:x", "row:1e3", "storey:nowhere", "class:", "system:"]) };
    expect([...visibleRows({ ...columns, systems: [{ name: "", rows: [77] }] }, strange)]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("changes of a selection", () => {
  it("hide a part and show it again, and touch nothing else", () => {
    for (const { columns, chosen } of cases) {
      const key = random.one(keysOf(columns, random.whole(0, columns.ifc_class.length - 1)));
      const rows = new Set(rowsOf(columns, key));
      const before = visibleRows(columns, chosen);
      visibleRows(columns, hidden(chosen, key)).forEach((state, row) => expect(state).toBe(rows.has(row) ? HIDDEN : before[row]));
      visibleRows(columns, shown(columns, chosen, key)).forEach((state, row) => expect(state).toBe(rows.has(row) ? SHOWN : before[row]));
    }
  });

  it("isolate", () => {
    const columns = model(30);
    const states = visibleRows(columns, isolated(EVERYTHING, [keyOf.class("IfcWall")]));
    states.forEach((state, row) => expect(state).toBe(columns.ifc_class[row] === 0 ? SHOWN : GHOST));
    expect([...visibleRows(columns, isolated(EVERYTHING, []))].every((state) => state === SHOWN)).toBe(true);
  });
});

describe("countVisible", () => {
  it("counts every row once per storey, class, part and system", () => {
    for (const { columns, chosen } of cases) {
      const states = visibleRows(columns, chosen);
      for (const [key, counts] of countVisible(columns, states)) {
        const members = columns.ifc_class.map((_, row) => row).filter((row) => keysOf(columns, row).includes(key));
        const listed = key.startsWith("system:") ? (columns.systems?.find((s) => `system:${s.name}` === key)?.rows ?? []) : members;
        const of = (wanted: number): number => listed.filter((row) => states[row] === wanted).length;
        expect(counts).toEqual({ shown: of(SHOWN), ghost: of(GHOST), hidden: of(HIDDEN) });
      }
    }
  });
});

describe("visibilityText", () => {
  it("is read back as it was, and an address keeps it as it is", () => {
    for (const { chosen } of cases) {
      const text = visibilityText(chosen);
      expect(new URLSearchParams({ show: text }).toString()).toBe(`show=${text}`);
      const read = readVisibility(text);
      if (text) expect([[...read.hidden].sort(), [...read.only].sort(), read.ghostRest]).toEqual([[...chosen.hidden].sort(), [...chosen.only].sort(), chosen.ghostRest]);
      else expect(read).toBe(EVERYTHING);
      expect(visibilityText(read)).toBe(text);
    }
  });

  it("is short", () => {
    expect(visibilityText(isolated(EVERYTHING, ["storey:2O2Fr$t4X7Zf8NOew3FLKI"]))).toBe("g.o.s2O2Fr*24t4X7Zf8NOew3FLKI");
    const rows = Array.from({ length: 500 }, (_, i): PartKey => `row:${i + 40}`);
    expect(visibilityText({ ...EVERYTHING, hidden: new Set<PartKey>(["class:IfcWall", "row:3", ...rows]), ghostRest: false })).toBe("cIfcWall.r3.r40-539");
  });

  it("survives any name, and leaves out what it did not write", () => {
    for (const name of ["\ud800", "<script>", "%", "*", "‮ab", "", "o", "a.b", "楼".repeat(200)]) {
      const read = readVisibility(visibilityText({ ...EVERYTHING, only: new Set([keyOf.system(name)]) }));
      expect([...read.only]).toEqual([keyOf.system(name.replace("\ud800", "\ufffd"))]);
    }
    for (const text of ["zzz", "r", "r-1", "r1e9", "r5-2", "s*zz", "s*E4*BD", "...", "r99999999999", "q.o.w"]) {
      const read = readVisibility(text);
      expect(read.hidden.size + read.only.size, text).toBe(0);
    }
    expect(readVisibility("r0-9999999.".repeat(50)).hidden.size).toBe(200_000);
  });
});

describe("what the GPU gets", () => {
  const bytes = (paint: ModelPaint): number[] => [...paint.snapshot().bytes.slice(0, 12)];

  it("keeps colours through hiding and ghosts, and what is shown through a new colouring", () => {
    const paint = new ModelPaint("m", 3);
    paint.show(Uint8Array.from([SHOWN, GHOST, HIDDEN]));
    expect(bytes(paint)).toEqual([0, 0, 0, MATERIAL, 0, 0, 0, 128 + MATERIAL, 0, 0, 0, 0]);
    paint.apply(Uint8Array.from([0, 0, 0]), [[200, 54, 46, 255]]);
    expect(bytes(paint)).toEqual([200, 54, 46, 127, 200, 54, 46, 255, 0, 0, 0, 0]);
    expect([0, 1, 2, 3].map((row) => paint.stateOf(row))).toEqual([SHOWN, GHOST, HIDDEN, SHOWN]);
    const { version } = paint.snapshot();
    paint.show(null);
    expect(bytes(paint)).toEqual([200, 54, 46, 127, 200, 54, 46, 127, 200, 54, 46, 127]);
    expect(paint.snapshot().version).toBeGreaterThan(version);
    paint.reset();
    expect(bytes(paint)).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it("grows with what comes later", () => {
    const paint = new ModelPaint("m", 3);
    paint.show(Uint8Array.from([HIDDEN]));
    paint.ensure(5000);
    const { bytes: grown, height } = paint.snapshot();
    expect(height).toBe(5);
    expect([grown[3], grown[7], grown[4 * 4999 + 3]]).toEqual([0, MATERIAL, MATERIAL]);
  });
});
