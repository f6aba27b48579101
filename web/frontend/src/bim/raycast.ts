/**
 * Where a view ray meets one element: exact, in float64, with snapping to its corners and edges. Pure.
 *
 * Frame: `local`, metres, z up. `trianglesOf` is the only place that knows where an element's triangles come from: the
 * tile's glb, read again, so that nothing need be kept of what went to the GPU. `survey.ts` joins this with the map.
 */

import { Matrix4 } from "@math.gl/core";

import { creaseEdges } from "./edges";
import type { Column, Glb, Placed, Primitive } from "./glb";
import type { Snap, Vec3 } from "./measure";

/** One element's surface: corners (9 per triangle) and crease lines (6 per line), metres, `local`. */
export interface RowMesh {
  readonly triangles: Float64Array;
  readonly edges: Float64Array;
}

/** A plane a·x + b·y + c·z + d; what is above 0 is cut away. */
export type Clip = readonly [number, number, number, number];

/** Where somebody looks from. */
export interface LocalView {
  /** (16) column-major: clip space from `local`. */
  readonly clipFromLocal: Matrix4;
  readonly eye: Vec3;
  readonly width: number;
  readonly height: number;
  readonly clips: readonly Clip[];
}

export interface Hit {
  readonly point: Vec3;
  readonly snap: Snap;
}

/** How near a corner or an edge must be to be meant, pixels. */
export const SNAP_PIXELS = 8;

/** The point of an element that is meant by a pixel (from the top left); null when the ray misses and nothing is near. */
export function pointOf(mesh: RowMesh, view: LocalView, x: number, y: number, reach = SNAP_PIXELS): Hit | null {
  const ray = rayThrough(view, x, y);
  const shot = nearest(mesh.triangles, view, ray);
  return snapped(mesh, view, x, y, reach) ?? shot;
}

interface Ray {
  readonly direction: Vec3;
  /** The part of the ray that is not cut away, in lengths of `direction`. */
  readonly from: number;
  readonly to: number;
}

function rayThrough(view: LocalView, x: number, y: number): Ray {
  const { eye, width, height } = view;
  const far = unproject(new Matrix4(view.clipFromLocal).invert(), [(2 * x) / width - 1, 1 - (2 * y) / height, 0.5]);
  return open(view, unit([far[0] - eye[0], far[1] - eye[1], far[2] - eye[2]]));
}

function unproject(inverse: Matrix4, [x, y, z]: Vec3): Vec3 {
  const at = (k: number): number => (inverse[k] ?? 0) * x + (inverse[k + 4] ?? 0) * y + (inverse[k + 8] ?? 0) * z + (inverse[k + 12] ?? 0);
  const w = at(3);
  return [at(0) / w, at(1) / w, at(2) / w];
}

/** The part of a ray that no clip takes: planes leave one piece. */
function open({ eye, clips }: LocalView, direction: Vec3): Ray {
  let [from, to] = [0, Infinity];
  for (const [a, b, c, d] of clips) {
    const value = a * eye[0] + b * eye[1] + c * eye[2] + d;
    const slope = a * direction[0] + b * direction[1] + c * direction[2];
    if (slope === 0) {
      if (value > 0) to = -1;
    } else if (slope < 0) from = Math.max(from, -value / slope);
    else to = Math.min(to, -value / slope);
  }
  return { direction, from, to };
}

/** The first thing that is seen: a face, or the inside of the element where the section cut it open. */
function nearest(triangles: Float64Array, { eye }: LocalView, { direction, from, to }: Ray): Hit | null {
  if (from > 0 && from < to && isInside(triangles, along(eye, direction, from))) return { point: along(eye, direction, from), snap: "cut" };
  const first = crossings(triangles, eye, direction).find((t) => t > from);
  return first !== undefined && first < to ? { point: along(eye, direction, first), snap: "face" } : null;
}

/** How far along the ray it goes through faces, ascending; a seam of two triangles counts once. */
function crossings(p: Float64Array, eye: Vec3, d: Vec3): number[] {
  const found: { t: number; side: number }[] = [];
  for (let i = 0; i < p.length; i += 9) {
    const [ax, ay, az] = [p[i] as number, p[i + 1] as number, p[i + 2] as number];
    const [ux, uy, uz] = [(p[i + 3] as number) - ax, (p[i + 4] as number) - ay, (p[i + 5] as number) - az];
    const [vx, vy, vz] = [(p[i + 6] as number) - ax, (p[i + 7] as number) - ay, (p[i + 8] as number) - az];
    const [px, py, pz] = [d[1] * vz - d[2] * vy, d[2] * vx - d[0] * vz, d[0] * vy - d[1] * vx];
    const det = ux * px + uy * py + uz * pz;
    if (det === 0) continue;
    const [sx, sy, sz] = [eye[0] - ax, eye[1] - ay, eye[2] - az];
    const b = (sx * px + sy * py + sz * pz) / det;
    const [qx, qy, qz] = [sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux];
    const c = (d[0] * qx + d[1] * qy + d[2] * qz) / det;
    const t = (vx * qx + vy * qy + vz * qz) / det;
    if (b >= -1e-12 && c >= -1e-12 && b + c <= 1 + 1e-12 && t > 0 && Number.isFinite(t)) found.push({ t, side: Math.sign(det) });
  }
  found.sort((a, b) => a.t - b.t);
  return found.filter(({ t, side }, i) => {
    const before = found[i - 1];
    return !before || before.side !== side || t - before.t > 1e-9 * (1 + t);
  }).map(({ t }) => t);
}

/** The visible corner nearest to the pixel, else the nearest point of a visible edge. */
function snapped(mesh: RowMesh, view: LocalView, x: number, y: number, reach: number): Hit | null {
  const corners: { point: Vec3; far: number }[] = [];
  const onEdges: { point: Vec3; far: number }[] = [];
  for (let i = 0; i < mesh.edges.length; i += 6) {
    const kept = cutLine(line(mesh.edges, i), view.clips);
    if (!kept) continue;
    const ends = kept.map((p) => onScreen(view, p));
    kept.forEach((point, k) => {
      const pixel = ends[k] as Pixel;
      const far = Math.hypot(pixel.x - x, pixel.y - y);
      if (pixel.w > 0 && far <= reach) corners.push({ point, far });
    });
    const foot = nearestOn(kept, ends as [Pixel, Pixel], x, y);
    if (foot && foot.far <= reach) onEdges.push(foot);
  }
  for (const [list, snap] of [[corners, "vertex"], [onEdges, "edge"]] as const) {
    list.sort((a, b) => a.far - b.far);
    const seen = list.slice(0, 24).find(({ point }) => isSeen(mesh.triangles, view, point));
    if (seen) return { point: seen.point, snap };
  }
  return null;
}

function line(edges: Float64Array, i: number): [Vec3, Vec3] {
  const at = (k: number): number => edges[i + k] as number;
  return [[at(0), at(1), at(2)], [at(3), at(4), at(5)]];
}

/** The part of a line that no clip takes. */
function cutLine(ends: [Vec3, Vec3], clips: readonly Clip[]): [Vec3, Vec3] | null {
  let [a, b] = ends;
  for (const [nx, ny, nz, d] of clips) {
    const va = nx * a[0] + ny * a[1] + nz * a[2] + d;
    const vb = nx * b[0] + ny * b[1] + nz * b[2] + d;
    if (va > 0 && vb > 0) return null;
    if (va > 0) a = between(a, b, va / (va - vb));
    else if (vb > 0) b = between(a, b, va / (va - vb));
  }
  return [a, b];
}

interface Pixel {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

function onScreen({ clipFromLocal: m, width, height }: LocalView, p: Vec3): Pixel {
  const at = (k: number): number => (m[k] ?? 0) * p[0] + (m[k + 4] ?? 0) * p[1] + (m[k + 8] ?? 0) * p[2] + (m[k + 12] ?? 0);
  const w = at(3);
  return { x: ((at(0) / w + 1) / 2) * width, y: ((1 - at(1) / w) / 2) * height, w };
}

/** The point of a line whose picture is nearest to a pixel; lines that reach behind the eye are left out. */
function nearestOn([a, b]: [Vec3, Vec3], [p, q]: [Pixel, Pixel], x: number, y: number): { point: Vec3; far: number } | null {
  const [dx, dy] = [q.x - p.x, q.y - p.y];
  const square = dx * dx + dy * dy;
  if (!(p.w > 0 && q.w > 0) || square < 1) return null;
  const s = Math.min(1, Math.max(0, ((x - p.x) * dx + (y - p.y) * dy) / square));
  // Half way on the screen is not half way in space.
  const t = (s * p.w) / ((1 - s) * q.w + s * p.w);
  return { point: between(a, b, t), far: Math.hypot(p.x + s * dx - x, p.y + s * dy - y) };
}

/** Does the element itself hide this point of it? */
function isSeen(triangles: Float64Array, view: LocalView, point: Vec3): boolean {
  const { eye } = view;
  const arm: Vec3 = [point[0] - eye[0], point[1] - eye[1], point[2] - eye[2]];
  const distance = Math.hypot(...arm);
  const { direction, from } = open(view, unit(arm));
  const near = distance - 1e-3 - 1e-6 * distance;
  if (from > 0 && from < near && isInside(triangles, along(eye, direction, from))) return false;
  return !crossings(triangles, eye, direction).some((t) => t > from && t < near);
}

/** Is a point within a closed surface? Counted along a direction that no designer draws in. */
function isInside(triangles: Float64Array, point: Vec3): boolean {
  return crossings(triangles, point, unit([0.5377, 0.7411, 0.402])).length % 2 === 1;
}

function along(p: Vec3, d: Vec3, t: number): Vec3 {
  return [p[0] + t * d[0], p[1] + t * d[1], p[2] + t * d[2]];
}

function between(a: Vec3, b: Vec3, t: number): Vec3 {
  if (t === 0) return a;
  if (t === 1) return b;
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

function unit(v: Vec3): Vec3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** The triangles and crease lines of a feature row in a tile's glb; null when it is not in it. */
export function trianglesOf(glb: Glb, row: number): RowMesh | null {
  const found: number[] = [];
  for (const placed of glb.meshes) {
    for (const { matrix, own } of copies(placed, glb, row)) {
      for (const primitive of placed.primitives) append(found, primitive, matrix, own ? null : idsOf(glb, row), glb);
    }
  }
  if (!found.length) return null;
  const triangles = Float64Array.from(found);
  return { triangles, edges: lines(triangles) };
}

/** Where a mesh stands; `own`: this copy is the row as a whole, else its vertices say whose they are. */
function copies(placed: Placed, glb: Glb, row: number): { matrix: Matrix4; own: boolean }[] {
  const { instances } = placed;
  if (!instances) return [{ matrix: placed.matrix, own: false }];
  const { features } = instances;
  return instances.matrices.flatMap((m, i) => {
    if (features && glb.features.rows[features.values[i * features.size] ?? 0] !== row) return [];
    return [{ matrix: new Matrix4(placed.matrix).multiplyRight(m), own: Boolean(features) }];
  });
}

function idsOf(glb: Glb, row: number): ReadonlySet<number> {
  return new Set([...glb.features.rows.keys()].filter((id) => glb.features.rows[id] === row));
}

function append(out: number[], { position, feature, indices }: Primitive, m: Matrix4, ids: ReadonlySet<number> | null, glb: Glb): void {
  const corners = indices?.length ?? position.count;
  // As in content.ts: without ids, everything is row 0.
  if (ids && !feature && !ids.has(glb.features.rows.indexOf(0))) return;
  for (let i = 0; i < corners; i += 3) {
    const first = indices ? (indices[i] as number) : i;
    if (ids && feature && !ids.has(feature.values[first * feature.size] as number)) continue;
    for (let k = 0; k < 3; k++) push(out, position, indices ? (indices[i + k] as number) : i + k, m);
  }
}

/** One corner; glTF is y up, `local` z up. */
function push(out: number[], { values, size, scale }: Column, index: number, m: Matrix4): void {
  const [x, y, z] = [0, 1, 2].map((k) => (values[index * size + k] as number) * scale) as [number, number, number];
  const at = (k: number): number => (m[k] as number) * x + (m[k + 4] as number) * y + (m[k + 8] as number) * z + (m[k + 12] as number);
  out.push(at(0), -at(2), at(1));
}

/** Crease lines, found in float32 around the first corner, given in float64. */
function lines(triangles: Float64Array): Float64Array {
  const near = Float32Array.from(triangles, (v, i) => v - (triangles[i % 3] as number));
  const corners = near.length / 3;
  const pairs = creaseEdges(near, new Float32Array(corners), Uint32Array.from({ length: corners }, (_, i) => i));
  const out = new Float64Array(pairs.length * 3);
  pairs.forEach((vertex, i) => out.set(triangles.subarray(vertex * 3, vertex * 3 + 3), i * 3));
  return out;
}
