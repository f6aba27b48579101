/**
 * Lengths, heights and areas from picked points. Pure; float64.
 *
 * Frame: metres of the model's own file (`local`, z up). Map projections do not enter: the placement shortens or lengthens
 * a model by its `point_scale` so that it fits the map, and what is measured here is what the designers wrote.
 *
 * The controller collects points (`survey.ts`), calls `inOneFrame` and then `measureLine` or `measureArea`.
 */

export type Vec3 = readonly [number, number, number];

/** How a point was found: at a corner, on an edge, on a face, or on the face that a section cut. */
export type Snap = "vertex" | "edge" | "face" | "cut";

/** A picked point. */
export interface MeasuredPoint {
  readonly model: string;
  readonly project: string;
  readonly row: number;
  readonly globalId: string;
  /** Metres in the model's own frame. */
  readonly local: Vec3;
  /** (16) column-major, ECEF from local, as it is drawn. */
  readonly ecefFromLocal: readonly number[];
  /** Longitude, latitude (degrees) and metres above the map's ground, where it is drawn. */
  readonly place: Vec3;
  readonly snap: Snap;
  /** False: the model is far away and drawn simplified; come closer for a true length. */
  readonly exact: boolean;
}

/** The points in the frame of the first one's model, metres; between models, as they are drawn. */
export function inOneFrame(points: readonly MeasuredPoint[]): Vec3[] {
  const first = points[0];
  if (!first) return [];
  return points.map((point) => (point.model === first.model ? point.local : solve(first.ecefFromLocal, through(point.ecefFromLocal, point.local))));
}

export interface LineMeasure {
  /** Along all points, metres. */
  readonly length: number;
  /** From the first to the last point: straight, its vertical (up is positive) and its horizontal part. */
  readonly straight: number;
  readonly height: number;
  readonly horizontal: number;
}

export function measureLine(points: readonly Vec3[]): LineMeasure {
  let length = 0;
  for (let i = 1; i < points.length; i++) length += norm(minus(points[i] as Vec3, points[i - 1] as Vec3));
  const [first, last] = [points[0], points[points.length - 1]];
  const d = first && last ? minus(last, first) : ([0, 0, 0] as const);
  return { length, straight: norm(d), height: d[2], horizontal: Math.hypot(d[0], d[1]) };
}

export interface AreaMeasure {
  /** On the plane that fits the points best, square metres. */
  readonly area: number;
  /** Of its projection on a horizontal plane, square metres. */
  readonly horizontal: number;
  /** Around the polygon through the points themselves, metres. */
  readonly perimeter: number;
  /** Upward unit normal of that plane. */
  readonly normal: Vec3;
  /** How far the farthest point lies from that plane, metres. */
  readonly deviation: number;
  /** Its sides cross each other: the area says little. */
  readonly crossed: boolean;
}

/** The area of a polygon; its last point is joined with its first. Null for fewer than three points or points of one line. */
export function measureArea(points: readonly Vec3[]): AreaMeasure | null {
  if (points.length < 3) return null;
  const middle = scaled(points.reduce<Vec3>(plus, [0, 0, 0]), 1 / points.length);
  const arms = points.map((p) => minus(p, middle));
  const [axes, spreads] = principalAxes(arms);
  const size = Math.sqrt(Math.max(...spreads));
  if (!(Math.sqrt(Math.max(0, spreads[1] as number)) > 1e-7 * size)) return null; // a line, or one point
  const [u, v, n] = axes as [Vec3, Vec3, Vec3];
  const flat = arms.map((p): [number, number] => [dot(p, u), dot(p, v)]);
  const perimeter = points.reduce((sum, p, i) => sum + norm(minus(p, points[(i + 1) % points.length] as Vec3)), 0);
  return {
    area: shoelace(flat), horizontal: shoelace(arms.map((p) => [p[0], p[1]])), perimeter,
    normal: n[2] < 0 ? scaled(n, -1) : n, deviation: Math.max(...arms.map((p) => Math.abs(dot(p, n)))), crossed: crosses(flat),
  };
}

function shoelace(points: readonly (readonly [number, number])[]): number {
  let twice = 0;
  points.forEach(([x, y], i) => {
    const [p, q] = points[(i + 1) % points.length] as readonly [number, number];
    twice += x * q - p * y;
  });
  return Math.abs(twice) / 2;
}

/** Do two sides that are not neighbours meet? */
function crosses(points: readonly (readonly [number, number])[]): boolean {
  const n = points.length;
  const at = (i: number): readonly [number, number] => points[i % n] as readonly [number, number];
  const side = (a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): number =>
    Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [at(i), at(i + 1), at(j), at(j + 1)];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** Unit axes of the points' scatter, widest first, and the squared extents along them (Jacobi's method). */
function principalAxes(arms: readonly Vec3[]): [Vec3[], number[]] {
  const m = [0, 1, 2].map((i) => [0, 1, 2].map((j) => arms.reduce((sum, p) => sum + (p[i] as number) * (p[j] as number), 0)));
  const e = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  const get = (a: number[][], i: number, j: number): number => (a[i] as number[])[j] as number;
  const turn = (a: number[][], i: number, j: number, k: number, l: number, s: number, c: number): void => {
    const [x, y] = [get(a, i, j), get(a, k, l)];
    (a[i] as number[])[j] = c * x - s * y;
    (a[k] as number[])[l] = s * x + c * y;
  };
  for (let sweep = 0; sweep < 24; sweep++) {
    for (const [p, q] of [[0, 1], [0, 2], [1, 2]] as const) {
      if (get(m, p, q) === 0) continue;
      const angle = 0.5 * Math.atan2(2 * get(m, p, q), get(m, q, q) - get(m, p, p));
      const [s, c] = [Math.sin(angle), Math.cos(angle)];
      for (let k = 0; k < 3; k++) turn(m, p, k, q, k, s, c);
      for (let k = 0; k < 3; k++) turn(m, k, p, k, q, s, c);
      for (let k = 0; k < 3; k++) turn(e, k, p, k, q, s, c);
    }
  }
  const order = [0, 1, 2].sort((a, b) => get(m, b, b) - get(m, a, a));
  return [order.map((k) => [get(e, 0, k), get(e, 1, k), get(e, 2, k)] as const), order.map((k) => get(m, k, k))];
}

function plus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function scaled(a: Vec3, s: number): Vec3 {
  return [a[0] * s, a[1] * s, a[2] * s];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function norm(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** A point through a column-major affine matrix. */
function through(m: readonly number[], p: Vec3): Vec3 {
  const row = (k: number): number => (m[k] ?? 0) * p[0] + (m[k + 4] ?? 0) * p[1] + (m[k + 8] ?? 0) * p[2] + (m[k + 12] ?? 0);
  return [row(0), row(1), row(2)];
}

/** The point that a column-major affine matrix takes to `p` (Cramer's rule). */
function solve(m: readonly number[], p: Vec3): Vec3 {
  const column = (k: number): Vec3 => [m[4 * k] ?? 0, m[4 * k + 1] ?? 0, m[4 * k + 2] ?? 0];
  const [a, b, c] = [column(0), column(1), column(2)];
  const d = minus(p, column(3));
  const volume = (u: Vec3, v: Vec3, w: Vec3): number => dot(u, [v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]]);
  const whole = volume(a, b, c);
  return [volume(d, b, c) / whole, volume(a, d, c) / whole, volume(a, b, d) / whole];
}
