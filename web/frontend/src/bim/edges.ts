/**
 * The crease lines of a triangle mesh: where two faces of one element meet at an angle, or a face ends.
 *
 * Triangles come with a normal per face, so equal corners are first welded by place and feature row.
 */

const CREASE = Math.cos((32 * Math.PI) / 180);
/** Corners closer than this are one corner, metres. */
const WELD = 5e-4;
/** Above this number of triangles a tile is drawn without lines: they would only darken it. */
const MOST_TRIANGLES = 600_000;

/**
 * Return pairs of vertex indices, one pair per line.
 *
 * positions: (n, 3); rows: (n) feature row of each vertex; indices: (3m); metres: metres per unit of `positions`;
 * welded: as `weld` says.
 */
export function creaseEdges(positions: Float32Array, rows: Float32Array, indices: Uint32Array, metres = 1, welded = weld(positions, rows, metres)): Uint32Array {
  const triangles = indices.length / 3;
  if (triangles === 0 || triangles > MOST_TRIANGLES) return new Uint32Array(0);
  const normals = faceNormals(positions, indices);
  const size = tableSize(indices.length);
  const mask = size - 1;
  const first = new Int32Array(size).fill(-1); // half-edge that opened the slot
  const smooth = new Uint8Array(size); // 1: its two faces are one plane or a gentle curve
  for (let half = 0; half < indices.length; half++) {
    const triangle = (half / 3) | 0;
    const a = welded[indices[half] as number] as number;
    const b = welded[indices[half % 3 === 2 ? half - 2 : half + 1] as number] as number;
    if (a === b) continue;
    const [low, high] = a < b ? [a, b] : [b, a];
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) & mask;
    for (; first[slot] !== -1; slot = (slot + 1) & mask) {
      const other = first[slot] as number;
      const c = welded[indices[other] as number] as number;
      const d = welded[indices[other % 3 === 2 ? other - 2 : other + 1] as number] as number;
      if ((c === low && d === high) || (c === high && d === low)) break;
    }
    if (first[slot] === -1) first[slot] = half;
    else if (alignment(normals, (first[slot] as number) / 3 | 0, triangle) > CREASE) smooth[slot] = 1;
  }
  const lines: number[] = [];
  for (let slot = 0; slot < size; slot++) {
    const half = first[slot] as number;
    if (half === -1 || smooth[slot]) continue;
    lines.push(indices[half] as number, indices[half % 3 === 2 ? half - 2 : half + 1] as number);
  }
  return Uint32Array.from(lines);
}

function tableSize(entries: number): number {
  let size = 16;
  while (size < entries * 1.6) size *= 2;
  return size;
}

/** The same number for every vertex at the same place that belongs to the same feature; metres: per unit of `positions`. */
export function weld(positions: Float32Array, rows: Float32Array, metres = 1): Uint32Array {
  const perUnit = metres / WELD;
  const count = rows.length;
  const out = new Uint32Array(count);
  const size = tableSize(count);
  const mask = size - 1;
  const table = new Int32Array(size).fill(-1);
  const at = (i: number): number => Math.round((positions[i] as number) * perUnit);
  for (let v = 0; v < count; v++) {
    const [x, y, z, row] = [at(v * 3), at(v * 3 + 1), at(v * 3 + 2), rows[v] as number];
    let slot = (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791) ^ Math.imul(row, 0x27d4eb2d)) & mask;
    for (; table[slot] !== -1; slot = (slot + 1) & mask) {
      const w = table[slot] as number;
      if (at(w * 3) === x && at(w * 3 + 1) === y && at(w * 3 + 2) === z && rows[w] === row) break;
    }
    if (table[slot] === -1) table[slot] = v;
    out[v] = table[slot] as number;
  }
  return out;
}

function faceNormals(p: Float32Array, indices: Uint32Array): Float32Array {
  const out = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [(indices[i] as number) * 3, (indices[i + 1] as number) * 3, (indices[i + 2] as number) * 3];
    const [ux, uy, uz] = [(p[b] as number) - (p[a] as number), (p[b + 1] as number) - (p[a + 1] as number), (p[b + 2] as number) - (p[a + 2] as number)];
    const [vx, vy, vz] = [(p[c] as number) - (p[a] as number), (p[c + 1] as number) - (p[a + 1] as number), (p[c + 2] as number) - (p[a + 2] as number)];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.hypot(x, y, z) || 1;
    out[i] = x / length;
    out[i + 1] = y / length;
    out[i + 2] = z / length;
  }
  return out;
}

/** |cos| between two faces: a kernel's winding is not always to be trusted. */
function alignment(normals: Float32Array, a: number, b: number): number {
  const [i, j] = [a * 3, b * 3];
  return Math.abs((normals[i] as number) * (normals[j] as number) + (normals[i + 1] as number) * (normals[j + 1] as number) + (normals[i + 2] as number) * (normals[j + 2] as number));
}
