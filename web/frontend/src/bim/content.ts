/**
 * Bakes a parsed glb into few, large draw batches.
 *
 * All primitives that are drawn once are merged into one batch of solids and one of translucent surfaces, with colour and
 * feature row per vertex, so that a storey costs two draw calls whatever the number of its materials.  Meshes that are
 * repeated stay instanced, unless they are so small that a draw call of their own would cost more than the copies.
 *
 * Frame `content`: metres, the glTF's own y-up frame minus `origin` (subtracted in float64, so float32 is exact enough).
 */

import { Matrix4 } from "@math.gl/core";

import { facings } from "./closed";
import { creaseEdges, weld } from "./edges";
import { rowBoxes, sizeOf, sorted, type Sorted, type Steps } from "./importance";
import type { Column, FeatureTable, Glb, Numbers, Placed, Primitive } from "./glb";

/**
 * positions: (n, 3) metres, frame `content` (or the mesh's own frame when instanced); normals: (n, 4) snorm8;
 * colors: (n, 4) sRGB and opacity; rows: (n) model-wide feature row; indices: (3m); edges: (2k) vertex indices of
 * crease lines; instances: (i, 13) three rows of the matrix `content` from mesh, then the feature row.
 */
export interface Batch {
  positions: Float32Array;
  normals: Int8Array;
  colors: Uint8Array;
  rows: Float32Array;
  indices: Uint32Array;
  edges: Uint32Array;
  instances: Float32Array;
  /** Where the indices of smaller and smaller elements, and of shorter and shorter lines, end. */
  readonly steps: { readonly closed: Steps; readonly open: Steps; readonly lines: Steps };
  /** The first so many indices are of closed shells that look outwards: their back faces are never seen. */
  readonly closed: number;
  readonly instanceCount: number;
  readonly translucent: boolean;
}

export interface BimContent {
  readonly batches: readonly Batch[];
  readonly features: FeatureTable;
  /** (3) float64, metres: where `content`'s zero lies in the glTF's frame. */
  readonly origin: readonly [number, number, number];
  /** Rows in rising order, and the least and greatest corner of each, (n, 6) metres, frame `content`. */
  readonly boxes: { readonly rows: Float32Array; readonly corners: Float32Array };
  /** Least and greatest corner of all, metres, frame `content`. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Metres around `origin` that hold every vertex. */
  readonly radius: number;
  readonly byteLength: number;
}

interface Part {
  matrix: Matrix4;
  primitive: Primitive;
  /** The row of every vertex, when one instance is baked into the batch. */
  row: number | null;
}

/** Instanced copies below this number of vertices are merged instead: a draw call costs more. */
const MERGE_BELOW = 6000;
const FLOATS_PER_INSTANCE = 13;
const ALONE = Float32Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);

export function bakeContent(glb: Glb, options: { edges: boolean } = { edges: true }): BimContent {
  const box = bounds(glb);
  const origin: [number, number, number] = [0, 1, 2].map((k) => ((box.low[k] ?? 0) + (box.high[k] ?? 0)) / 2) as [number, number, number];
  const toContent = new Matrix4().translate([-origin[0], -origin[1], -origin[2]]);
  const merged: Part[] = [];
  const batches: Batch[] = [];
  for (const placed of glb.meshes) {
    const matrix = new Matrix4(toContent).multiplyRight(placed.matrix);
    if (!placed.instances) {
      for (const primitive of placed.primitives) merged.push({ matrix, primitive, row: null });
    } else if (vertexCount(placed) * placed.instances.count < MERGE_BELOW) {
      merged.push(...expanded(placed, matrix, glb.features));
    } else {
      batches.push(...instanced(placed, matrix, glb.features, options.edges));
    }
  }
  for (const translucent of [false, true]) {
    const parts = merged.filter((part) => part.primitive.translucent === translucent);
    if (parts.length) batches.push(merge(parts, glb.features, translucent, ALONE, 1, options.edges));
  }
  const byteLength = batches.reduce((sum, b) => sum + b.positions.byteLength + b.normals.byteLength + b.colors.byteLength + b.rows.byteLength
    + b.indices.byteLength + b.edges.byteLength + b.instances.byteLength, 0);
  const radius = Math.hypot(...[0, 1, 2].map((k) => ((box.high[k] ?? 0) - (box.low[k] ?? 0)) / 2));
  const [low, high] = [box.low, box.high].map((corner) => corner.map((v, k) => v - (origin[k] as number))) as [number[], number[]];
  return { batches, features: glb.features, origin, low, high, radius, byteLength, boxes: packed(boxesOf(batches)) };
}

/** Forget the arrays of a batch that the GPU holds now; boxes and steps stay. */
export function release(batch: Batch): void {
  [batch.positions, batch.rows, batch.instances] = [new Float32Array(0), new Float32Array(0), new Float32Array(0)];
  [batch.normals, batch.colors, batch.indices, batch.edges] = [new Int8Array(0), new Uint8Array(0), new Uint32Array(0), new Uint32Array(0)];
}

/** One array for all: thousands of small ones would take ten times the memory. */
function packed(boxes: Map<number, Float32Array>): BimContent["boxes"] {
  const rows = Float32Array.from(boxes.keys()).sort();
  const corners = new Float32Array(rows.length * 6);
  rows.forEach((row, i) => corners.set(boxes.get(row) as Float32Array, i * 6));
  return { rows, corners };
}

/** The boxes of all rows of a tile, instances at their places. */
function boxesOf(batches: readonly Batch[]): Map<number, Float32Array> {
  const all = new Map<number, Float32Array>();
  const grow = (row: number, p: readonly number[]): void => {
    const box = all.get(row) ?? Float32Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
    all.set(row, box);
    for (let k = 0; k < 3; k++) {
      box[k] = Math.min(box[k] as number, p[k] as number);
      box[k + 3] = Math.max(box[k + 3] as number, p[k] as number);
    }
  };
  for (const { positions, rows, instances, instanceCount } of batches) {
    for (const [row, box] of rowBoxes(positions, rows)) {
      for (let i = 0; i < instanceCount; i++) {
        const m = instances.subarray(i * FLOATS_PER_INSTANCE, (i + 1) * FLOATS_PER_INSTANCE);
        for (let corner = 0; corner < 8; corner++) {
          const [x = 0, y = 0, z = 0] = [0, 1, 2].map((k) => box[(corner >> k) & 1 ? k + 3 : k]);
          grow(row + (m[12] as number), [0, 4, 8].map((k) => (m[k] as number) * x + (m[k + 1] as number) * y + (m[k + 2] as number) * z + (m[k + 3] as number)));
        }
      }
    }
  }
  return all;
}

function vertexCount(placed: Placed): number {
  return placed.primitives.reduce((sum, p) => sum + p.position.count, 0);
}

function instanceRow(features: Column | null, table: FeatureTable, index: number): number {
  if (!features) return -1;
  return table.rows[features.values[index * features.size] ?? 0] ?? 0;
}

function expanded(placed: Placed, matrix: Matrix4, table: FeatureTable): Part[] {
  const copies = placed.instances;
  if (!copies) return [];
  return copies.matrices.flatMap((m, i) => {
    const row = instanceRow(copies.features, table, i);
    const whole = new Matrix4(matrix).multiplyRight(m);
    return placed.primitives.map((primitive) => ({ matrix: whole, primitive, row: row < 0 ? null : row }));
  });
}

function instanced(placed: Placed, matrix: Matrix4, table: FeatureTable, edges: boolean): Batch[] {
  const copies = placed.instances;
  if (!copies) return [];
  const instances = new Float32Array(copies.count * FLOATS_PER_INSTANCE);
  copies.matrices.forEach((m, i) => {
    const w = new Matrix4(matrix).multiplyRight(m);
    const row = Math.max(0, instanceRow(copies.features, table, i));
    const at = (k: number): number => w[k] ?? 0;
    instances.set([at(0), at(4), at(8), at(12), at(1), at(5), at(9), at(13), at(2), at(6), at(10), at(14), row], i * FLOATS_PER_INSTANCE);
  });
  const identity = new Matrix4();
  return [false, true].flatMap((translucent) => {
    const parts = placed.primitives.filter((p) => p.translucent === translucent)
      .map((primitive) => ({ matrix: identity, primitive, row: copies.features ? 0 : null }));
    return parts.length ? [merge(parts, table, translucent, instances, copies.count, edges)] : [];
  });
}

function merge(parts: Part[], table: FeatureTable, translucent: boolean, instances: Float32Array, instanceCount: number, edges: boolean): Batch {
  const vertices = parts.reduce((sum, p) => sum + p.primitive.position.count, 0);
  const corners = parts.reduce((sum, p) => sum + (p.primitive.indices?.length ?? p.primitive.position.count), 0);
  const positions = new Float32Array(vertices * 3);
  const normals = new Int8Array(vertices * 4);
  const colors = new Uint8Array(vertices * 4);
  const rows = new Float32Array(vertices);
  const indices = new Uint32Array(corners);
  let vertex = 0;
  let corner = 0;
  for (const part of parts) {
    const { position, normal, feature, indices: own, color } = part.primitive;
    writePositions(positions, vertex * 3, position, part.matrix);
    if (normal) writeNormals(normals, vertex * 4, normal, part.matrix);
    new Uint32Array(colors.buffer, vertex * 4, position.count).fill(packedColor(color, calm));
    writeRows(rows, vertex, position.count, feature, table, part.row);
    const length = own?.length ?? position.count;
    for (let i = 0; i < length; i++) indices[corner + i] = vertex + (own ? (own[i] ?? 0) : i);
    vertex += position.count;
    corner += length;
  }
  const metres = meanScale(instances);
  const welded = weld(positions, rows, metres);
  const lines = edges ? creaseEdges(positions, rows, indices, metres, welded) : new Uint32Array(0);
  const sizes = new Map(Array.from(rowBoxes(positions, rows), ([row, box]) => [row, sizeOf(box) * metres]));
  const parted = partedByFacing(indices, translucent || mirrored(instances) ? null : facings(positions, indices, welded));
  const [closed, open] = [parted.closed, parted.open].map((part) => sorted(part, 3, (g) => sizes.get(rows[part[g * 3] as number] as number) ?? 0)) as [Sorted, Sorted];
  const triangles = new Uint32Array(indices.length);
  triangles.set(closed.indices);
  triangles.set(open.indices, closed.indices.length);
  const longest = sorted(lines, 2, (g) => metres * distance(positions, lines[g * 2] as number, lines[g * 2 + 1] as number));
  return {
    positions, normals, colors, rows, indices: triangles, closed: closed.indices.length, edges: longest.indices, instances, instanceCount, translucent,
    steps: { closed: closed.steps, open: open.steps, lines: longest.steps },
  };
}

/** Triangles of closed shells, turned outwards, and all others. */
function partedByFacing(indices: Uint32Array, facing: Int8Array | null): { closed: Uint32Array; open: Uint32Array } {
  if (!facing) return { closed: new Uint32Array(0), open: indices };
  const count = facing.reduce((sum, side) => sum + (side ? 1 : 0), 0);
  const [closed, open] = [new Uint32Array(count * 3), new Uint32Array(indices.length - count * 3)];
  let [c, o] = [0, 0];
  facing.forEach((side, t) => {
    const [p, q, r] = [indices[t * 3] as number, indices[t * 3 + 1] as number, indices[t * 3 + 2] as number];
    if (!side) {
      open.set([p, q, r], o);
      o += 3;
    } else {
      closed.set(side > 0 ? [p, q, r] : [p, r, q], c);
      c += 3;
    }
  });
  return { closed, open };
}

/** Does any copy turn left into right? Then what looks outwards in one looks inwards in another. */
function mirrored(instances: Float32Array): boolean {
  for (let i = 0; i < instances.length; i += FLOATS_PER_INSTANCE) {
    const [a, b, c, , d, e, f, , g, h, k] = instances.subarray(i, i + FLOATS_PER_INSTANCE) as unknown as [number, number, number, number, number, number, number, number, number, number, number];
    if (a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g) < 0) return true;
  }
  return false;
}

function distance(p: Float32Array, a: number, b: number): number {
  return Math.hypot((p[a * 3] as number) - (p[b * 3] as number), (p[a * 3 + 1] as number) - (p[b * 3 + 1] as number), (p[a * 3 + 2] as number) - (p[b * 3 + 2] as number));
}

/** Metres per unit of an instanced mesh's own frame (its positions may still be integers). */
function meanScale(instances: Float32Array): number {
  return Math.hypot(instances[0] ?? 1, instances[4] ?? 0, instances[8] ?? 0) || 1;
}

function writePositions(out: Float32Array, start: number, column: Column, m: Matrix4): void {
  const { values, size, count, scale } = column;
  const [a, b, c, , d, e, f, , g, h, i, , x, y, z] = m as unknown as number[] as [number, number, number, number, number, number, number, number, number, number, number, number, number, number, number];
  for (let k = 0, v = 0, o = start; k < count; k++, v += size, o += 3) {
    const p = (values[v] as number) * scale;
    const q = (values[v + 1] as number) * scale;
    const r = (values[v + 2] as number) * scale;
    out[o] = a * p + d * q + g * r + x;
    out[o + 1] = b * p + e * q + h * r + y;
    out[o + 2] = c * p + f * q + i * r + z;
  }
}

function writeNormals(out: Int8Array, start: number, column: Column, m: Matrix4): void {
  const [a, b, c, , d, e, f, , g, h, i] = m as unknown as number[] as [number, number, number, number, number, number, number, number, number, number, number];
  // The cofactor matrix is the inverse transpose times the determinant: right also for uneven scales.
  const [c00, c01, c02] = [e * i - f * h, g * f - d * i, d * h - g * e];
  const [c10, c11, c12] = [h * c - b * i, a * i - g * c, g * b - a * h];
  const [c20, c21, c22] = [b * f - e * c, d * c - a * f, a * e - d * b];
  const { values, size, count } = column;
  for (let k = 0, v = 0, o = start; k < count; k++, v += size, o += 4) {
    const [p, q, r] = [values[v] as number, values[v + 1] as number, values[v + 2] as number];
    const nx = c00 * p + c01 * q + c02 * r;
    const ny = c10 * p + c11 * q + c12 * r;
    const nz = c20 * p + c21 * q + c22 * r;
    const length = Math.hypot(nx, ny, nz) || 1;
    out[o] = Math.round((nx / length) * 127);
    out[o + 1] = Math.round((ny / length) * 127);
    out[o + 2] = Math.round((nz / length) * 127);
  }
}

function writeRows(out: Float32Array, start: number, count: number, feature: Column | null, table: FeatureTable, row: number | null): void {
  if (row !== null || !feature) {
    out.fill(row ?? 0, start, start + count);
    return;
  }
  const ids: Numbers = feature.values;
  for (let k = 0; k < count; k++) out[start + k] = table.rows[ids[k * feature.size] as number] ?? 0;
}

type Rgb = readonly [number, number, number];

/** Authoring tools love pure colours and dark greys; the page keeps saturation for judgements. sRGB, 0 to 1. */
export function calm([r, g, b]: Rgb): Rgb {
  const grey = 0.299 * r + 0.587 * g + 0.114 * b;
  const quiet = (v: number): number => (grey + (v - grey) * 0.55) ** 0.66 * 0.88 + 0.1;
  return [quiet(r), quiet(g), quiet(b)];
}

/** Linear light to sRGB bytes, packed little-endian: red first; `change` is given and returns sRGB. */
export function packedColor(color: readonly [number, number, number, number], change: (color: Rgb) => Rgb = (same) => same): number {
  const curved = (v: number): number => Math.min(1, Math.max(0, v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055));
  const byte = (v: number): number => Math.round(255 * Math.min(1, Math.max(0, v)));
  const [r, g, b] = change([curved(color[0]), curved(color[1]), curved(color[2])]);
  return (byte(r) | (byte(g) << 8) | (byte(b) << 16) | (byte(color[3]) << 24)) >>> 0;
}

function bounds(glb: Glb): { low: number[]; high: number[] } {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const { matrix, primitives, instances } of glb.meshes) {
    for (const { position } of primitives) {
      const corners = boxCorners(position);
      for (const m of instances ? instances.matrices.map((i) => new Matrix4(matrix).multiplyRight(i)) : [matrix]) {
        for (const corner of corners) {
          const p = m.transformAsPoint(corner) as number[];
          for (let k = 0; k < 3; k++) {
            low[k] = Math.min(low[k] as number, p[k] as number);
            high[k] = Math.max(high[k] as number, p[k] as number);
          }
        }
      }
    }
  }
  return Number.isFinite(low[0] as number) ? { low, high } : { low: [0, 0, 0], high: [0, 0, 0] };
}

function boxCorners(column: Column): number[][] {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < column.values.length; i += column.size) {
    for (let k = 0; k < 3; k++) {
      const v = (column.values[i + k] as number) * column.scale;
      if (v < (low[k] as number)) low[k] = v;
      if (v > (high[k] as number)) high[k] = v;
    }
  }
  return Array.from({ length: 8 }, (_, c) => [0, 1, 2].map((k) => ((c >> k) & 1 ? high[k] : low[k]) as number));
}
