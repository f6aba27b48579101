/** What a reader has measured so far, and how it is said and drawn. Pure. */

import { inOneFrame, measureArea, measureLine, type MeasuredPoint, type Vec3 } from "./bim/measure";
import type { MeasureShape } from "./map/measure-overlay";
import type { Language, Word } from "./words/dictionary";
import { number } from "./words/format";

export type Tool = "length" | "height" | "area";

export interface Measure {
  readonly points: readonly MeasuredPoint[];
  /** The next point begins anew. */
  readonly done: boolean;
  /** The last click met no model. */
  readonly missed: boolean;
}

export const NO_MEASURE: Measure = { points: [], done: false, missed: false };

/** So many points a measure takes at least. */
const LEAST: Readonly<Record<Tool, number>> = { length: 2, height: 2, area: 3 };
/** Two clicks on one place (a double click) are one point, metres. */
const SAME = 1e-6;

export function withPoint(measure: Measure, tool: Tool, point: MeasuredPoint | null): Measure {
  if (!point) return { ...measure, missed: true };
  const before = measure.done ? [] : measure.points;
  const last = before[before.length - 1];
  if (last && last.model === point.model && Math.hypot(...last.local.map((value, k) => value - (point.local[k] as number))) < SAME) return { ...measure, missed: false };
  const points = [...before, point];
  return { points, done: tool === "height" && points.length === LEAST.height, missed: false };
}

/** Done, if there are points enough. */
export function ended(measure: Measure, tool: Tool): Measure {
  return measure.points.length >= LEAST[tool] ? { ...measure, done: true, missed: false } : measure;
}

export interface Result {
  /** What was asked for, with its unit; null before there are points enough. */
  readonly main: string | null;
  readonly facts: readonly (readonly [Word, string])[];
  /** Why the figure is not what it seems. */
  readonly notes: readonly string[];
}

type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

const NOTHING: Result = { main: null, facts: [], notes: [] };

export function resultOf(tool: Tool, points: readonly MeasuredPoint[], language: Language, say: Say): Result {
  if (points.length < LEAST[tool]) return NOTHING;
  const metres = (value: number): string => `${number(value, language, 3, 3)} m`;
  const square = (value: number): string => `${number(value, language, 3, 2)} m²`;
  const notes = points.every(({ exact }) => exact) ? [] : [say("measure_inexact")];
  const places = inOneFrame(points);
  if (tool === "area") {
    const area = measureArea(places);
    if (!area) return { ...NOTHING, notes: [...notes, say("measure_line_only")] };
    if (area.crossed) notes.push(say("measure_crossed"));
    if (area.deviation > 0.01) notes.push(say("measure_bent", { distance: metres(area.deviation) }));
    return { main: square(area.area), facts: [["measure_flat", square(area.horizontal)], ["measure_perimeter", metres(area.perimeter)]], notes };
  }
  const line = measureLine(places);
  const legs: (readonly [Word, string])[] = [["measure_horizontal", metres(line.horizontal)]];
  if (tool === "height") return { main: metres(Math.abs(line.height)), facts: [["measure_straight", metres(line.straight)], ...legs], notes };
  const more: (readonly [Word, string])[] = points.length > 2 ? [["measure_straight", metres(line.straight)]] : [];
  return { main: metres(line.length), facts: [...more, ["measure_height_of", metres(Math.abs(line.height))], ...legs], notes };
}

/** What stands on the map for it. */
export function shapesOf(tool: Tool, points: readonly MeasuredPoint[], label: string | null): MeasureShape[] {
  const places = points.map(({ place }) => place);
  const [first, last] = [places[0], places[places.length - 1]];
  const snap = points[points.length - 1]?.snap;
  if (!first || !last) return [];
  const said = label ? { label } : {};
  if (tool === "height" && places.length > 1) {
    const foot: Vec3 = [last[0], last[1], first[2]];
    return [{ kind: "line", places: [first, foot, last], snap, ...said }];
  }
  return [{ kind: places.length === 1 ? "points" : tool === "area" ? "area" : "line", places, snap, ...said }];
}
