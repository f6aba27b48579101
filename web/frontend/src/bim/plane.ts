/** Planes: the depth of the ground as a function of the pixel, a plane in another frame. */

/**
 * Return (a, b, c) with z = a·x + b·y + c in normalised device coordinates for every point of a horizontal plane.
 *
 * matrix: (16) column-major, clip from common; center: a point of the plane; reach: a length to take two more points at.
 * Null when the plane is seen edge-on.
 */
export function affinePlane(matrix: ArrayLike<number>, center: readonly [number, number, number], reach: number): [number, number, number] | null {
  const points = [center, [center[0] + reach, center[1], center[2]], [center[0], center[1] + reach, center[2]]];
  // In clip space z = a·x + b·y + c·w holds before the division, so points behind the eye do no harm.
  const rows = points.map((p) => [0, 1, 3, 2].map((k) => at(matrix, k) * (p[0] ?? 0) + at(matrix, k + 4) * (p[1] ?? 0) + at(matrix, k + 8) * (p[2] ?? 0) + at(matrix, k + 12)));
  const [p, q, r] = rows as [number[], number[], number[]];
  const d = determinant(p, q, r, 0, 1, 2);
  const size = Math.hypot(...p.slice(0, 3)) * Math.hypot(...q.slice(0, 3)) * Math.hypot(...r.slice(0, 3));
  if (!Number.isFinite(d) || Math.abs(d) <= 1e-14 * size) return null;
  return [determinant(p, q, r, 3, 1, 2) / d, determinant(p, q, r, 0, 3, 2) / d, determinant(p, q, r, 0, 1, 3) / d];
}

/**
 * Return a projection whose depths 0 to 1 lie between 0 and `share`, (16) column-major like `matrix`.
 *
 * MapLibre draws its extruded buildings in the front part of the depth buffer and the flat ground in slices behind it;
 * deck.gl uses the whole range. Only in the same part do buildings and models hide each other as they stand.
 */
export function squeezed(matrix: ArrayLike<number>, share: number): number[] {
  const made = Array.from(matrix);
  // depth = (z / w + 1) / 2, so z becomes share·z + (share − 1)·w
  for (let column = 0; column < 16; column += 4) made[column + 2] = share * at(matrix, column + 2) + (share - 1) * at(matrix, column + 3);
  return made;
}

/**
 * Return a plane in the frame that `matrix` comes from.
 *
 * plane: (4) a, b, c, d with the signed value a·x + b·y + c·z + d in the frame that `matrix` leads to; matrix: (16)
 * column-major, affine. The value of a point is the same in both frames.
 */
export function planeFrom(plane: readonly number[], matrix: ArrayLike<number>): [number, number, number, number] {
  const column = (k: number): number => [0, 1, 2, 3].reduce((sum, row) => sum + (plane[row] ?? 0) * at(matrix, 4 * k + row), 0);
  return [column(0), column(1), column(2), column(3)];
}

function at(m: ArrayLike<number>, i: number): number {
  return m[i] ?? 0;
}

function determinant(p: number[], q: number[], r: number[], i: number, j: number, k: number): number {
  const e = (row: number[], n: number): number => row[n] ?? 0;
  return e(p, i) * (e(q, j) * e(r, k) - e(q, k) * e(r, j)) - e(p, j) * (e(q, i) * e(r, k) - e(q, k) * e(r, i)) + e(p, k) * (e(q, i) * e(r, j) - e(q, j) * e(r, i));
}
