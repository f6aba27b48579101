import { describe, expect, it } from "vitest";

import { districtPart, projectPart } from "../src/map/under";
import { dayNumber, decisive, isoDay, lastKnown, nearest, points, tasksBehind } from "../src/project";
import type { Evidence, Project, TaskColumns } from "../src/types";
import { amounts, curveScale, scaleOf } from "../src/words/amounts";
import { sayIn, type Language, type Word } from "../src/words/dictionary";
import { doneText, figureText, reasonSentences, reportText } from "../src/words/reasons";
import { ModelPaint } from "../src/bim/paint";
import { Random } from "./random";

const says = (language: Language) => (word: Word, values: Readonly<Record<string, string | number>> = {}) => sayIn(language, word, values);
const verdict = (patch: Partial<Evidence>): Evidence => ({
  rule: "schedule", aspect: "schedule", clause: "SPI(t) 低于 0.90：严重落后。", source: "docs/a.md", measure: "spi_t", threshold: "< 0.9", unit: "", light: "red", decisive: true, value: 0.84, inputs: {}, fact_date: null, recorded_at: null, report: null, ...patch,
});

type Row = [id: string, kind: string, parent: string | null, completion: number | null, planned: number | null, weight: number | null];
function columns(rows: readonly Row[]): TaskColumns {
  const none = rows.map(() => null);
  return {
    id: rows.map((r) => r[0]), code: rows.map((r) => r[0]), name: rows.map((r) => r[0]), kind: rows.map((r) => r[1]), parent: rows.map((r) => r[2]),
    completion: rows.map((r) => r[3]), planned: rows.map((r) => r[4]), weight: rows.map((r) => r[5]),
    baseline_start: none, baseline_finish: none, schedule_start: none, schedule_finish: none, actual_start: none, actual_finish: none,
  };
}

describe("tasks behind", () => {
  it("are leaves that have done less than planned, the heaviest loss first; silence is not lateness", () => {
    const found = tasksBehind(columns([
      ["whole", "summary", null, 0.2, 0.9, 100], ["parent", "task", "whole", 0.1, 0.9, 90], ["small", "task", "parent", 0, 1, 10], ["large", "task", "parent", 0.5, 0.9, 80],
      ["silent", "task", "whole", null, 0.5, 50], ["done", "task", "whole", 1, 1, 5], ["ahead", "task", "whole", 0.6, 0.5, 5], ["later", "task", "whole", null, 0, 5], ["mark", "milestone", "whole", 0, 1, 0],
    ]));
    expect(found.tasks.map((task) => task.id)).toEqual(["large", "small", "mark"]);
    expect(found.silent).toBe(1);
  });

  it("equal a recount in any order of columns", () => {
    const numbers = new Random(5);
    const next = (): number => numbers.unit();
    for (let round = 0; round < 50; round++) {
      const rows = Array.from({ length: 40 }, (_, i): Row => [`t${i}`, next() < 0.1 ? "summary" : "task", i > 3 && next() < 0.2 ? `t${Math.floor(next() * i)}` : null, next() < 0.2 ? null : next(), next() < 0.1 ? null : next(), next() < 0.1 ? null : Math.floor(next() * 9)]);
      const leaves = rows.filter(([id, kind]) => kind !== "summary" && !rows.some((other) => other[2] === id));
      const late = leaves.filter(([, , , done, planned]) => done !== null && planned !== null && planned - done > 1e-6);
      const { tasks } = tasksBehind(columns(rows));
      expect(new Set(tasks.map((task) => task.id))).toEqual(new Set(late.map(([id]) => id)));
      const lost = tasks.map((task) => (task.planned - task.completion) * (task.weight ?? 0));
      expect(lost).toEqual([...lost].sort((a, b) => b - a));
    }
  });
});

describe("a reason", () => {
  const project = { progress: 0.311, planned_progress: 0.652, evidence: [verdict({ rule: "data", light: "green", decisive: false, clause: "x" }), verdict({ value: null, clause: "held" }), verdict({})] } as unknown as Project;

  it("is the clause that decides, its figure against its line, done and planned, and how far apart they are", () => {
    expect(reasonSentences(project, says("zh"), "zh")).toEqual(["SPI(t) 低于 0.90：严重落后。", "SPI(t) 0.84，界线 < 0.9；累计完成 31.1 %，计划 65.2 %，落后 34.1 个百分点。"]);
    expect(reasonSentences(project, says("en"), "en")[1]).toBe("SPI(t) 0.84, line < 0.9; done 31.1 %, planned 65.2 %, 34.1 points behind.");
  });

  it("prefers a verdict with a figure, and takes one without where there is no other", () => {
    expect(decisive(project.evidence)?.value).toBe(0.84);
    expect(decisive([verdict({ value: null, clause: "held" })])?.clause).toBe("held");
    expect(decisive([])).toBeUndefined();
  });

  it("says ahead, even and unknown as such", () => {
    const told = (progress: number | null, planned_progress: number | null): string => doneText({ progress, planned_progress }, says("en"), "en");
    expect(told(0.5, 0.4)).toBe("Done 50 %, planned 40 %, 10 points ahead");
    expect(told(0.5, 0.5)).toBe("Done 50 %, planned 50 %, as planned");
    expect(told(0.5, null)).toContain("no plan");
    expect(told(null, 0.5)).toBe("");
  });

  it("has no line where the rule has none, and no figure where there is none", () => {
    expect(figureText(verdict({ threshold: "" }), says("en"), "en")).toBe("SPI(t) 0.84");
    expect(figureText(verdict({ value: null }), says("en"), "en")).toBe("");
    expect(reportText({ file: "a.csv", row: 0, recorded_at: "2026-07-03T00:00:00Z" }, says("en"), "en")).toBe("a.csv, recorded 2026-07-03");
  });
});

describe("a curve", () => {
  const curve = { days: ["2026-01-31", "2026-02-28", "2026-03-31"], planned: [1, 2, 3], earned: [1, null, null], actual_cost: [5, null, null], forecast: [1, null, 3] };

  it("has days as numbers, spending only beside money, and the forecast", () => {
    const found = points(curve, true);
    expect(found?.days.map(isoDay)).toEqual(curve.days);
    expect(found?.spent).toEqual([5, null, null]);
    expect(found?.forecast).toEqual([1, null, 3]);
    expect(points(curve, false)?.spent).toEqual([null, null, null]);
    expect(points({ ...curve, days: [] }, true)).toBeNull();
  });

  it("knows what was last known, and the month nearest to a day", () => {
    expect(lastKnown(curve.earned, 2)).toEqual({ value: 1, index: 0 });
    expect(lastKnown([null, 4], 0)).toBeNull();
    expect(nearest((points(curve, true)?.days ?? []), dayNumber("2026-02-20"))).toBe(1);
  });
});

describe("amounts", () => {
  it("stand side by side in one scale with their unit", () => {
    expect(amounts([1_490_000_000, 1_740_000_000], "元", "zh")).toBe("14.9 / 17.4 亿元");
    expect(amounts([1_490_000_000, 1_740_000_000], "元", "en")).toBe("CNY 1,490 / 1,740 million");
    expect(amounts([23731, 30035], "machine-day", "zh")).toBe("2.37 / 3.00 万台班");
    expect(amounts([95780, null], "m3", "zh")).toBe("9.58 / – 万 m³");
    expect(amounts([5, 12], "person-day", "en")).toBe("5 / 12 person-days");
    expect(amounts([null, null], "t", "en")).toBe("–");
  });

  it("have an axis in the reader's scale", () => {
    expect(curveScale(1.26e9, true, "CNY", "zh")).toEqual({ by: 1e8, word: "亿元" });
    expect(curveScale(4.68e7, true, "CNY", "zh").word).toBe("万元");
    expect(curveScale(1.26e9, true, "CNY", "en")).toEqual({ by: 1e6, word: "CNY million" });
    expect(curveScale(1, false, "CNY", "en").word).toBe("%");
    expect(scaleOf(-2e8, "zh").word).toBe("亿");
  });
});

describe("what is coloured says why", () => {
  it("by the index of its colour, until it has its material again", () => {
    const paint = new ModelPaint("m");
    expect(paint.indexOf(0)).toBeNull();
    paint.apply(new Uint8Array([3, 1]), [[0, 0, 0, 0], [9, 9, 9, 255], [0, 0, 0, 0], [1, 1, 1, 255]]);
    expect([paint.indexOf(0), paint.indexOf(1), paint.indexOf(2)]).toEqual([3, 1, null]);
    paint.reset();
    expect(paint.indexOf(0)).toBeNull();
  });

  it("in columns and districts", () => {
    const store = (by: string | null) => ({ state: { by, language: "en" }, say: says("en"), cache: { legend: () => ({ value: { entries: [{ index: 2, label: "80 to 90 %", colour: "#fff" }] } }) } }) as never;
    const properties = { code: "P", name: "<b>Bridge</b>", light: "red", progress: 0.5, planned_progress: 0.6, resources: { steel: { unit: "t", used: 5, planned: 6, total: 9, rate: 0.83 } } } as never;
    expect(projectPart(properties, store(null))).toEqual({ code: "P", name: "<b>Bridge</b>", light: "red", figure: "Done 50 %, planned 60 %, 10 points behind" });
    expect(projectPart(properties, store("steel")).figure).toContain("5 / 6 t");
    const part = { name: "East", projects: 3, lights: { green: 1, yellow: 0, red: 2, grey: 0 }, index: { steel: 2 } } as never;
    expect(districtPart(part, store("steel")).figure).toContain("80 to 90 %");
    expect(districtPart(part, store(null)).lights).toEqual({ green: 1, yellow: 0, red: 2, grey: 0 });
  });
});
