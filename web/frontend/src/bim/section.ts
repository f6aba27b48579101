/**
 * A section: one plane that cuts models open, level at a height or upright by a bearing and an offset.
 *
 * Frame: east-north-up metres, zero at a place (degrees) on the map's ground; all models are cut by the same plane.
 * A section changes one uniform per tile and frame; nothing is built anew.
 *
 * The controller calls `setSection(section | null)` and asks the map for a repaint; `sectionText` and `readSection` are for
 * the address; `sectionRange` is how far a slider may go; `levelSection` and `uprightSection` make one.
 */

import type { Bounds } from "../types";

type Vec3 = readonly [number, number, number];

/** What lies above `height` (metres above the map's ground) is cut away; flipped: what lies below. */
export interface LevelSection {
  readonly kind: "level";
  readonly height: number;
  readonly flip: boolean;
}

/**
 * What lies farther than `offset` metres from the place `at` (longitude, latitude: a model's origin) towards `bearing`
 * (degrees clockwise from true north) is cut away; flipped: what lies nearer.
 */
export interface UprightSection {
  readonly kind: "upright";
  readonly bearing: number;
  readonly offset: number;
  readonly at: readonly [number, number];
  readonly flip: boolean;
}

export type Section = LevelSection | UprightSection;

export function levelSection(height: number, flip = false): LevelSection {
  return { kind: "level", height, flip };
}

export function uprightSection(bearing: number, offset: number, at: readonly [number, number], flip = false): UprightSection {
  return { kind: "upright", bearing: turn(bearing), offset, at, flip };
}

/** A plane in metres east, north and up of a place on the ground: n·p > offset is cut away. `normal` has length 1. */
export interface SectionPlane {
  readonly normal: Vec3;
  readonly offset: number;
}

export function sectionPlane(section: Section): SectionPlane {
  const sign = section.flip ? -1 : 1;
  if (section.kind === "level") return { normal: [0, 0, sign], offset: sign * section.height };
  const bearing = (section.bearing * Math.PI) / 180;
  return { normal: [sign * Math.sin(bearing), sign * Math.cos(bearing), 0], offset: sign * section.offset };
}

/** How far a point lies on the side that is cut away, metres; negative: it stays. */
export function beyond({ normal, offset }: SectionPlane, p: Vec3): number {
  return normal[0] * p[0] + normal[1] * p[1] + normal[2] * p[2] - offset;
}

let current: Section | null = null;

/** The section that all models are drawn with; null: nothing is cut. */
export function setSection(section: Section | null): void {
  current = section;
}

export function activeSection(): Section | null {
  return current;
}

/** What is needed of a deck.gl viewport. */
export interface Scales {
  projectPosition: (place: number[]) => number[];
  getDistanceScales: (place?: number[]) => { unitsPerMeter: number[] };
}

/**
 * The active section as a plane (a, b, c, d) of deck.gl's common space whose values are metres; null: nothing is cut.
 *
 * near: longitude and latitude of what is cut; metres of height are as long as they are there.
 */
export function commonSection(view: Scales, near: readonly number[], section: Section | null = current): [number, number, number, number] | null {
  if (!section) return null;
  const { normal, offset } = sectionPlane(section);
  const place = section.kind === "upright" ? [...section.at, 0] : [near[0] ?? 0, near[1] ?? 0, 0];
  const units = view.getDistanceScales(place).unitsPerMeter;
  const zero = view.projectPosition(place);
  const [a, b, c] = [0, 1, 2].map((k) => (normal[k] as number) / (units[k] as number)) as [number, number, number];
  return [a, b, c, -(a * (zero[0] ?? 0) + b * (zero[1] ?? 0) + c * (zero[2] ?? 0)) - offset];
}

const METRES_PER_DEGREE = 111319.49;

/**
 * The least and greatest height or offset that cuts a model, metres, with a little room.
 *
 * bounds: degrees; heights: metres above the map's ground.
 */
export function sectionRange(section: Section, bounds: Bounds, heights: readonly [number, number]): [number, number] {
  const room = (low: number, high: number): [number, number] => [low - 0.05 * (high - low) - 0.1, high + 0.05 * (high - low) + 0.1];
  if (section.kind === "level") return room(heights[0], heights[1]);
  const { normal } = sectionPlane({ ...section, flip: false });
  const [west, south, east, north] = bounds;
  const narrow = Math.cos((section.at[1] * Math.PI) / 180);
  const offsets = [[west, south], [west, north], [east, south], [east, north]].map(([lng, lat]) =>
    METRES_PER_DEGREE * (normal[0] * ((lng as number) - section.at[0]) * narrow + normal[1] * ((lat as number) - section.at[1])));
  return room(Math.min(...offsets), Math.max(...offsets));
}

/** A section as text of letters, digits, dots, `_` and `-`, exact to a millimetre and a thousandth of a degree; null: "". */
export function sectionText(section: Section | null): string {
  if (!section) return "";
  const tail = section.flip ? "f" : "";
  if (section.kind === "level") return `h${rounded(section.height, 3)}${tail}`;
  const { bearing, offset, at } = section;
  return `v${[turn(Number(rounded(bearing, 3))), rounded(offset, 3), rounded(at[0], 8), rounded(at[1], 8)].join("_")}${tail}`;
}

/** What `sectionText` wrote; null when it is something else. */
export function readSection(text: string | null): Section | null {
  const [, kind, body = "", tail] = /^([hv])([-0-9._]+)(f?)$/.exec(text ?? "") ?? [];
  const numbers = body.split("_").map((part) => (/^-?\d{1,9}(\.\d{1,9})?$/.test(part) ? Number(part) : NaN));
  if (!kind || numbers.some((n) => !Number.isFinite(n))) return null;
  const flip = tail === "f";
  const [a = 0, b = 0, longitude = 0, latitude = 0] = numbers;
  if (kind === "h") return numbers.length === 1 && Math.abs(a) < 1e5 ? levelSection(a, flip) : null;
  if (numbers.length !== 4 || Math.abs(a) > 360 || Math.abs(b) > 1e6 || Math.abs(longitude) > 180 || Math.abs(latitude) > 85.06) return null;
  return uprightSection(a, b, [longitude, latitude], flip);
}

function rounded(value: number, digits: number): string {
  return value.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(/^-0$/, "0");
}

/** 0 ≤ degrees < 360. */
function turn(degrees: number): number {
  const turned = degrees % 360;
  return turned < 0 ? turned + 360 : turned + 0;
}
