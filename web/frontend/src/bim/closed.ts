/**
 * Which triangles belong to closed shells: their back faces are never seen and need not be drawn.
 *
 * A shell (triangles that share welded corners) is closed when every edge is used as often in one direction as in the
 * other.  Its signed volume (divergence theorem) tells whether its faces look outwards.
 */

/** One for outward faces, -1 for faces that look inwards and must be turned, 0 for a shell that is not closed. */
export type Facing = 1 | -1 | 0;

/** A shell thinner than this has no inside, cubic units of `positions`. */
const NO_VOLUME = 1e-9;

/**
 * Return the facing of every triangle, (m).
 *
 * positions: (n, 3); indices: (3m); welded: (n) the same number for corners at the same place of the same element.
 */
export function facings(positions: Float32Array, indices: Uint32Array, welded: Uint32Array): Int8Array {
  const shells = shellsOf(indices, welded);
  const unpaired = new Float64Array(welded.length); // sum of signed edge names; 0 where all edges are paired
  const volumes = new Float64Array(welded.length);
  for (let t = 0; t < indices.length; t += 3) {
    const shell = shells[welded[indices[t] as number] as number] as number;
    for (let k = 0; k < 3; k++) {
      const a = welded[indices[t + k] as number] as number;
      const b = welded[indices[t + ((k + 1) % 3)] as number] as number;
      if (a !== b) unpaired[shell] = (unpaired[shell] as number) + (a < b ? edgeName(a, b) : -edgeName(b, a));
    }
    volumes[shell] = (volumes[shell] as number) + cornerVolume(positions, indices, t, shell);
  }
  const out = new Int8Array(indices.length / 3);
  for (let t = 0; t < out.length; t++) {
    const shell = shells[welded[indices[t * 3] as number] as number] as number;
    const volume = volumes[shell] as number;
    out[t] = unpaired[shell] !== 0 || Math.abs(volume) < NO_VOLUME ? 0 : Math.sign(volume);
  }
  return out;
}

/** The first corner of the shell that each welded corner belongs to (union-find with path halving). */
function shellsOf(indices: Uint32Array, welded: Uint32Array): Uint32Array {
  const parent = Uint32Array.from(welded, (_, i) => i);
  const root = (corner: number): number => {
    let at = corner;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  for (let t = 0; t < indices.length; t += 3) {
    const a = root(welded[indices[t] as number] as number);
    for (const k of [1, 2]) {
      const b = root(welded[indices[t + k] as number] as number);
      if (a !== b) parent[b] = a;
    }
  }
  return Uint32Array.from(welded, (corner) => root(corner));
}

/** A whole number below 2⁴⁰ for an edge: sums of 8,000 of them stay exact, and different edges do not cancel but by chance. */
function edgeName(low: number, high: number): number {
  const mixed = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) ^ Math.imul(high ^ (high >>> 13), 0x297a2d39);
  const again = Math.imul(mixed ^ (mixed >>> 12), 0x85ebca6b) ^ Math.imul(high, 0x9e3779b1);
  return (mixed >>> 0) * 256 + (again >>> 24);
}

/** Six times the volume between a triangle and one corner of its shell. */
function cornerVolume(p: Float32Array, indices: Uint32Array, t: number, origin: number): number {
  const at = (corner: number, k: number): number => (p[(indices[t + corner] as number) * 3 + k] as number) - (p[origin * 3 + k] as number);
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}
