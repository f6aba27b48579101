import { describe, expect, it } from "vitest";

import { boxOf, burningFirst, deltas, figureOf, lightsOf, matches, ROWS, rowsFor } from "../src/city";
import { addDays, addMonths, clampDay, column, dayNumber, dayOf, monthIndex, nextStep, tallestOf } from "../src/days";
import type { Light, Month, ProjectFeature } from "../src/types";
import { moneyPair, quantityPair, signedPoints } from "../src/words/city";

describe("days", () => {
  it("go forth and back over every day of thirty years", () => {
    for (let day = "2000-02-28", n = dayNumber(day); day < "2030-03-02"; day = addDays(day, 1), n += 1) {
      expect(dayNumber(day)).toBe(n);
      expect(dayOf(n)).toBe(day);
    }
  });

  it.each([["2026-06-30", -1, "2026-05-31"], ["2026-03-30", -1, "2026-02-28"], ["2026-05-12", -1, "2026-04-12"], ["2024-02-29", 12, "2025-02-28"],
    ["2025-02-28", 12, "2026-02-28"], ["2023-02-28", 12, "2024-02-29"], ["2026-12-31", 1, "2027-01-31"], ["2026-01-15", -1, "2025-12-15"]])("%s and %d months is %s", (day, months, there) => {
    expect(addMonths(day, months)).toBe(there);
  });

  it("are kept within a span", () => {
    expect(["2026-01-01", "2026-02-15", "2026-09-01"].map((day) => clampDay(day, "2026-02-01", "2026-02-28"))).toEqual(["2026-02-01", "2026-02-15", "2026-02-28"]);
  });
});

const month = (as_of: string, red = 0, green = 0): Month => ({ as_of, forecast: false, red, green, yellow: 0, grey: 0 });
const YEAR = Array.from({ length: 12 }, (_, i) => month(addMonths("2025-12-31", i + 1)));

describe("a run through time", () => {
  it("goes from month's end to month's end and stops at the last", () => {
    const span = { first: "2026-01-31", last: "2026-12-31", months: YEAR };
    const days = ["2020-01-01"];
    for (let next: string | null = days[0] ?? null; next; next = nextStep(span, next)) if (next !== days.at(-1)) days.push(next);
    expect(days.slice(1)).toEqual(YEAR.map((m) => m.as_of));
    expect(nextStep(span, "2026-02-10")).toBe("2026-02-28");
    expect(nextStep(span, "2030-01-01")).toBeNull();
  });

  it("goes by days when the span is short, nowhere without one", () => {
    expect(nextStep({ first: "2026-01-31", last: "2026-02-28", months: YEAR.slice(0, 2) }, "2026-02-10")).toBe("2026-02-11");
    expect(nextStep({ first: null, last: null, months: [] }, "2026-02-10")).toBeNull();
  });

  it("knows the month of a day", () => {
    expect(["2026-01-01", "2026-01-31", "2026-02-01", "2026-12-31", "2025-12-31", "2027-01-01"].map((day) => monthIndex(YEAR, day))).toEqual([0, 0, 1, 11, -1, -1]);
  });

  it("draws columns against the tallest, red on top, nothing while a month is not judged", () => {
    const months = [month("2026-01-31", 1, 3), month("2026-02-28", 0, 8), { as_of: "2026-03-31", forecast: true, red: null, green: null, yellow: null, grey: null }];
    expect(tallestOf(months)).toBe(8);
    expect(column(months[0] as Month, 8)).toEqual([{ light: "green", share: 3 / 8 }, { light: "red", share: 1 / 8 }]);
    expect(column(months[2] as Month, 8)).toEqual([]);
    expect(column(months[0] as Month, 0)).toEqual([]);
  });
});

const project = (code: string, light: Light, deviation: number | null, status_date: string | null = null, more: object = {}): ProjectFeature =>
  ({ type: "Feature", id: code, geometry: null, properties: { code, light, deviation, status_date, ...more } }) as unknown as ProjectFeature;

describe("projects", () => {
  it("are listed where it burns first, those farthest behind first, those silent longest first", () => {
    const all = [project("g", "green", -0.5), project("s2", "grey", -0.9, "2026-03-31"), project("s1", "grey", 0, "2025-12-31"), project("s0", "grey", 0), project("y", "yellow", -0.1),
      project("r0", "red", null), project("r2", "red", -0.1), project("r1", "red", -0.3), project("r3", "red", -0.1)];
    expect(burningFirst(all).map((f) => f.id)).toEqual(["r1", "r2", "r3", "r0", "y", "s0", "s1", "s2", "g"]);
    expect(all[0]?.id).toBe("g");
    expect(lightsOf(all)).toEqual({ red: 4, yellow: 1, grey: 3, green: 1 });
  });

  it("have one figure each", () => {
    expect(figureOf({ light: "grey", deviation: -0.2, status_date: "2026-03-31" }, "2026-06-30")).toEqual({ silent: 91 });
    expect(figureOf({ light: "grey", deviation: null, status_date: null }, "2026-06-30")).toEqual({ silent: null });
    expect(figureOf({ light: "red", deviation: -0.2, status_date: "2026-03-31" }, "2026-06-30")).toEqual({ deviation: -0.2 });
    expect(figureOf({ light: "green", deviation: null, status_date: null }, "2026-06-30")).toBeNull();
  });

  it("are counted against an earlier day", () => {
    expect(deltas({ red: 3, yellow: 5, green: 9, grey: 1 }, { red: 2, yellow: 7, green: 9, grey: 0 })).toEqual([{ light: "red", by: 1 }, { light: "yellow", by: -2 }, { light: "grey", by: 1 }]);
    expect(deltas({ red: 3, yellow: 5, green: 9, grey: 1 }, { red: 3, yellow: 5, green: 9, grey: 1 })).toEqual([]);
  });

  it("are found by district, kind and light, those without one by the empty word", () => {
    const one = project("a", "red", 0, null, { district: "河东区", kind: null });
    expect([matches(one, null), matches(one, { by: "district", name: "河东区" }), matches(one, { by: "kind", name: "" }), matches(one, { by: "light", name: "grey" })]).toEqual([true, true, true, false]);
  });

  it("have a box where they have places", () => {
    expect(boxOf([project("a", "red", 0)])).toBeNull();
    const at = (x: number, y: number): ProjectFeature => ({ ...project("a", "red", 0), geometry: { type: "Point", coordinates: [x, y] } });
    expect(boxOf([at(114, 22), at(115, 21), project("b", "red", 0)])).toEqual([114, 21, 115, 22]);
  });

  it("are drawn in portions that hold the chosen one", () => {
    expect([rowsFor(ROWS, -1), rowsFor(ROWS, ROWS - 1), rowsFor(ROWS, ROWS), rowsFor(ROWS, 400)]).toEqual([ROWS, ROWS, 2 * ROWS, 420]);
  });
});

describe("figures of the city", () => {
  it("tell points with their sign", () => {
    expect([-0.19861, 0.0048, 0, -0.0001, 0.2].map((share) => signedPoints(share, "en"))).toEqual(["−19.9", "+0.5", "0", "0", "+20.0"]);
  });

  it("tell used and planned at one scale", () => {
    expect(moneyPair(14703643000, 14994237000, "CNY", "zh")).toBe("147.0 / 149.9 亿元");
    expect(moneyPair(14703643000, 14994237000, "CNY", "en")).toBe("CNY 14,704 / 14,994 million");
    expect(moneyPair(null, 60000, "CNY", "zh")).toBe("– / 6.00 万元");
    expect(quantityPair(7875729, 8354347, "person-day", "zh")).toBe("787.6 / 835.4 万工日");
    expect(quantityPair(7875729, 8354347, "person-day", "en")).toBe("7.88 / 8.35 million person-days");
    expect(quantityPair(12, 40, "ha", "en")).toBe("12 / 40 ha");
  });
});
