/**
 * Measured points and lines over the map: an SVG that follows the camera, never clickable.
 *
 * The controller (through `tools.ts`) calls `overlay.set(shapes)` when something changed and `overlay.draw()` after every
 * frame of the map; places are those of `MeasuredPoint`, texts are plain text.
 */

import type { Snap, Vec3 } from "../bim/measure";

/** A pixel from the map's top left; `w` ≤ 0: behind the eye. */
export interface Screen {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

export type Projector = (place: Vec3) => Screen;

/** Points joined by lines; an area joins the last with the first; a box has eight corners, x changing first; a ring stands around a point. `label` is drawn in the middle. */
export interface MeasureShape {
  readonly kind: "points" | "line" | "area" | "box" | "ring";
  readonly places: readonly Vec3[];
  readonly label?: string;
  /** How the last point was found: drawn as a square (corner), a bar (edge) or a circle. */
  readonly snap?: Snap;
}

export interface MeasureOverlay {
  readonly element: SVGSVGElement;
  set: (shapes: readonly MeasureShape[]) => void;
  draw: () => void;
  remove: () => void;
}

/** Nearer than this to the eye's plane nothing is drawn (units of `w`). */
const NEAR = 1e-6;
const SVG = "http://www.w3.org/2000/svg";

/** An overlay in `container`; `projector` gives the newest frame's projection, null before there is one. */
export function measureOverlay(container: HTMLElement, projector: () => Projector | null): MeasureOverlay {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", "measure-overlay");
  element.setAttribute("aria-hidden", "true");
  container.append(element);
  let shapes: readonly MeasureShape[] = [];
  const draw = (): void => {
    const project = shapes.length ? projector() : null;
    if (project) element.replaceChildren(...shapes.flatMap((shape) => drawn(shape, project)));
    else if (element.firstChild) element.replaceChildren();
  };
  return { element, set: (next) => { shapes = next; draw(); }, draw, remove: () => element.remove() };
}

function drawn(shape: MeasureShape, project: Projector): SVGElement[] {
  const { kind, places, label, snap } = shape;
  const screens = places.map(project);
  if (kind === "box") return boxed(screens);
  if (kind === "ring") return screens.filter(({ w }) => w > NEAR).flatMap(({ x, y }) => ["clash-ring under", "clash-ring"].map((name) => node("circle", { class: name, cx: round(x), cy: round(y), r: 11 })));
  const closed = kind === "area" && screens.length > 2;
  const made: SVGElement[] = [];
  if (closed && screens.every(({ w }) => w > NEAR)) made.push(node("polygon", { class: "measure-area", points: screens.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ") }));
  if (kind !== "points") {
    for (let i = closed ? 0 : 1; i < screens.length; i++) {
      const part = visiblePart(screens[(i || screens.length) - 1] as Screen, screens[i] as Screen);
      if (part) made.push(node("line", { class: "measure-line", x1: round(part[0]), y1: round(part[1]), x2: round(part[2]), y2: round(part[3]) }));
    }
  }
  screens.forEach((screen, i) => {
    if (screen.w > NEAR) made.push(mark(screen, i === screens.length - 1 ? snap : undefined));
  });
  const front = screens.filter(({ w }) => w > NEAR);
  if (label && front.length) {
    const [x, y] = [front.reduce((sum, s) => sum + s.x, 0) / front.length, front.reduce((sum, s) => sum + s.y, 0) / front.length];
    const text = node("text", { class: "measure-label", x: round(x), y: round(y - 9) });
    text.textContent = label;
    made.push(text);
  }
  return made;
}

/** What of a line lies before the eye: two pixels, [x1, y1, x2, y2]; null when nothing does. */
export function visiblePart(a: Screen, b: Screen): [number, number, number, number] | null {
  if (a.w <= NEAR && b.w <= NEAR) return null;
  if (a.w > NEAR && b.w > NEAR) return [a.x, a.y, b.x, b.y];
  const [front, back] = a.w > NEAR ? [a, b] : [b, a];
  // x·w and y·w are straight along the line; a pixel of a point behind the eye is mirrored, its product is right.
  const t = (front.w - NEAR) / (front.w - back.w);
  const at = (p: number, q: number): number => ((1 - t) * p * front.w + t * q * back.w) / NEAR;
  const [x, y] = [at(front.x, back.x), at(front.y, back.y)];
  if (!Number.isFinite(x + y)) return null;
  // Far outside of any screen, yet a number that a browser can draw.
  const scale = Math.min(1, 1e5 / Math.max(1, Math.hypot(x - front.x, y - front.y)));
  const end: [number, number] = [front.x + (x - front.x) * scale, front.y + (y - front.y) * scale];
  return front === a ? [front.x, front.y, ...end] : [...end, front.x, front.y];
}

/** Corners that differ in one direction only, as numbers of two of eight. */
const EDGES = [1, 2, 4].flatMap((bit) => [0, 1, 2, 3, 4, 5, 6, 7].filter((corner) => !(corner & bit)).map((corner) => [corner, corner | bit] as const));

function boxed(screens: readonly Screen[]): SVGElement[] {
  const parts = screens.length === 8 ? EDGES.flatMap(([from, to]) => visiblePart(screens[from] as Screen, screens[to] as Screen) ?? []) : [];
  const path = Array.from({ length: parts.length / 4 }, (_, i) => `M${round(parts[4 * i] as number)} ${round(parts[4 * i + 1] as number)}L${round(parts[4 * i + 2] as number)} ${round(parts[4 * i + 3] as number)}`).join("");
  return path ? ["clash-box under", "clash-box"].map((name) => node("path", { class: name, d: path })) : [];
}

function mark({ x, y }: Screen, snap: Snap | undefined): SVGElement {
  if (snap === "vertex") return node("rect", { class: "measure-point", x: round(x - 4.5), y: round(y - 4.5), width: 9, height: 9 });
  if (snap === "edge") return node("path", { class: "measure-point", d: `M${round(x - 5)} ${round(y - 5)}h10l-10 10h10z` });
  return node("circle", { class: "measure-point", cx: round(x), cy: round(y), r: 4 });
}

function node(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function round(pixel: number): number {
  return Math.round(pixel * 100) / 100;
}
