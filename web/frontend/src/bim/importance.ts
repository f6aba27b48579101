/**
 * What of a tile is worth drawing from afar: triangles in the order of their element's size, lines in the order of their
 * length, so that a draw call leaves out everything below a size by drawing fewer indices; and the few triangles that make
 * the shadow.
 */

/** Sizes fall from step to step; the first `ends[i]` indices are of size `sizes[i]` or more, metres. */
export interface Steps {
  readonly sizes: Float32Array;
  readonly ends: Uint32Array;
}

export interface Sorted {
  readonly indices: Uint32Array;
  readonly steps: Steps;
}

/** Sizes are told apart by half powers of two, from 1 cm on. */
const [LEAST, STEPS] = [0.01, 32];

function stepOf(size: number): number {
  return Math.min(STEPS - 1, Math.max(0, Math.floor(2 * Math.log2(size / LEAST))));
}

/** Least and greatest corner of each feature row: row → (6), in the unit of `positions`. */
export function rowBoxes(positions: Float32Array, rows: Float32Array): Map<number, Float32Array> {
  const boxes = new Map<number, Float32Array>();
  let last = -1;
  let box: Float32Array = new Float32Array(6);
  for (let v = 0; v < rows.length; v++) {
    const row = rows[v] as number;
    if (row !== last) {
      last = row;
      const known = boxes.get(row);
      box = known ?? Float32Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
      if (!known) boxes.set(row, box);
    }
    for (let k = 0; k < 3; k++) {
      const x = positions[v * 3 + k] as number;
      if (x < (box[k] as number)) box[k] = x;
      if (x > (box[k + 3] as number)) box[k + 3] = x;
    }
  }
  return boxes;
}

/** How large an element looks: the side of a square as large as the largest side of its box. */
export function sizeOf(box: Float32Array): number {
  const [x = 0, y = 0, z = 0] = [0, 1, 2].map((k) => (box[k + 3] as number) - (box[k] as number));
  return Math.sqrt(Math.max(x * y, y * z, x * z));
}

/**
 * Sort index groups (3: triangles; 2: lines) so that the largest come first; within a step their order stays.
 *
 * indices: (groups·k); size: of a group by its number, metres. Returns new indices and where each step ends.
 */
export function sorted(indices: Uint32Array, k: 2 | 3, size: (group: number) => number): Sorted {
  const groups = indices.length / k;
  const step = new Uint8Array(groups);
  const counts = new Uint32Array(STEPS);
  for (let g = 0; g < groups; g++) {
    const found = stepOf(size(g));
    step[g] = found;
    counts[found] = (counts[found] as number) + 1;
  }
  const starts = new Uint32Array(STEPS);
  const ends = new Uint32Array(STEPS);
  const sizes = new Float32Array(STEPS);
  for (let s = STEPS - 1, at = 0; s >= 0; s--) {
    starts[s] = at;
    at += (counts[s] as number) * k;
    ends[STEPS - 1 - s] = at;
    sizes[STEPS - 1 - s] = LEAST * 2 ** (s / 2);
  }
  const out = new Uint32Array(indices.length);
  for (let g = 0; g < groups; g++) {
    const s = step[g] as number;
    const at = starts[s] as number;
    for (let i = 0; i < k; i++) out[at + i] = indices[g * k + i] as number;
    starts[s] = at + k;
  }
  return { indices: out, steps: { sizes, ends } };
}

/** How many indices to draw so that nothing larger than `size` metres is left out. */
export function countDown(steps: Steps, size: number): number {
  let count = 0;
  for (let i = 0; i < steps.sizes.length; i++) {
    count = steps.ends[i] as number;
    // the next step holds sizes below this step's least one
    if ((steps.sizes[i] as number) <= size) break;
  }
  return count;
}

/** Side of a cell of the ground that is in shadow or not, metres; and how many cells a side may have. */
const [CELL, MOST_CELLS] = [0.3, 1200];

/**
 * The triangles that make the shadow on the ground: the largest first, and none whose shadow others cast already.
 *
 * positions: (n, 3) metres; indices: (3m); up, sun: directions in the frame of `positions`.
 */
export function shadowTriangles(positions: Float32Array, indices: Uint32Array, up: readonly number[], sun: readonly number[]): Uint32Array {
  const flat = projected(positions, up, sun);
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let v = 0; v < flat.length; v += 2) {
    west = Math.min(west, flat[v] as number);
    east = Math.max(east, flat[v] as number);
    south = Math.min(south, flat[v + 1] as number);
    north = Math.max(north, flat[v + 1] as number);
  }
  const cell = Math.max(CELL, (east - west) / MOST_CELLS, (north - south) / MOST_CELLS);
  const [wide, high] = [Math.max(1, Math.ceil((east - west) / cell)), Math.max(1, Math.ceil((north - south) / cell))];
  if (!Number.isFinite(wide * high)) return new Uint32Array(0);
  const ground = new Uint8Array(wide * high);
  const at = (corner: number): [number, number] => {
    const v = (indices[corner] as number) * 2;
    return [((flat[v] as number) - west) / cell, ((flat[v + 1] as number) - south) / cell];
  };
  const areas = new Float32Array(indices.length / 3);
  for (let t = 0; t < areas.length; t++) {
    const [a, b, c] = [at(t * 3), at(t * 3 + 1), at(t * 3 + 2)];
    areas[t] = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
  }
  const kept: number[] = [];
  for (const t of Uint32Array.from(areas, (_, i) => i).sort((p, q) => (areas[q] as number) - (areas[p] as number))) {
    if ((areas[t] as number) < 0.02) break;
    if (darkens(ground, wide, high, at(t * 3), at(t * 3 + 1), at(t * 3 + 2))) kept.push(t);
  }
  return Uint32Array.from(kept.flatMap((t) => [indices[t * 3] as number, indices[t * 3 + 1] as number, indices[t * 3 + 2] as number]));
}

/** Where each corner's shadow falls, (n, 2) metres in the plane across `up`. */
function projected(positions: Float32Array, up: readonly number[], sun: readonly number[]): Float32Array {
  const [ux = 0, uy = 0, uz = 0] = up;
  const [sx = 0, sy = 0, sz = 0] = sun;
  const steep = Math.max(0.2, ux * sx + uy * sy + uz * sz);
  // two axes across `up`
  const side = Math.abs(ux) < 0.8 ? [1, 0, 0] : [0, 1, 0];
  const e = [uy * (side[2] as number) - uz * (side[1] as number), uz * (side[0] as number) - ux * (side[2] as number), ux * (side[1] as number) - uy * (side[0] as number)];
  const [ex = 0, ey = 0, ez = 0] = e.map((v) => v / Math.hypot(...e));
  const [nx, ny, nz] = [uy * ez - uz * ey, uz * ex - ux * ez, ux * ey - uy * ex];
  const out = new Float32Array((positions.length / 3) * 2);
  for (let i = 0, o = 0; i < positions.length; i += 3, o += 2) {
    const [x, y, z] = [positions[i] as number, positions[i + 1] as number, positions[i + 2] as number];
    const rise = (x * ux + y * uy + z * uz) / steep;
    const [px, py, pz] = [x - sx * rise, y - sy * rise, z - sz * rise];
    out[o] = px * ex + py * ey + pz * ez;
    out[o + 1] = px * nx + py * ny + pz * nz;
  }
  return out;
}

/** Mark the cells whose middle lies in the triangle (or its own middle's, when it is small); was any of them bright? */
function darkens(ground: Uint8Array, wide: number, high: number, a: [number, number], b: [number, number], c: [number, number]): boolean {
  let news = false;
  const mark = (i: number): void => {
    if (ground[i]) return;
    ground[i] = 1;
    news = true;
  };
  const [low, top] = [Math.max(0, Math.floor(Math.min(a[1], b[1], c[1]))), Math.min(high - 1, Math.floor(Math.max(a[1], b[1], c[1])))];
  let hit = false;
  for (let y = low; y <= top; y++) {
    const [from, to] = across(y + 0.5, a, b, c);
    const last = Math.min(wide - 1, Math.ceil(to - 0.5) - 1);
    for (let x = Math.max(0, Math.ceil(from - 0.5)); x <= last; x++) {
      hit = true;
      mark(y * wide + x);
    }
  }
  if (!hit) mark(Math.min(high - 1, Math.floor((a[1] + b[1] + c[1]) / 3)) * wide + Math.min(wide - 1, Math.floor((a[0] + b[0] + c[0]) / 3)));
  return news;
}

/** Where a triangle begins and ends on a horizontal line; an empty stretch when it does not reach it. */
function across(y: number, ...corners: [number, number][]): [number, number] {
  let [from, to] = [Infinity, -Infinity];
  for (let i = 0; i < 3; i++) {
    const [p, q] = [corners[i] as [number, number], corners[(i + 1) % 3] as [number, number]];
    if (p[1] > y === q[1] > y) continue;
    const x = p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]);
    from = Math.min(from, x);
    to = Math.max(to, x);
  }
  return [from, to];
}
