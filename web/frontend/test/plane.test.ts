import { describe, expect, it } from "vitest";

import { affinePlane, squeezed } from "../src/bim/plane";

/** A perspective projection, column-major, near 2 and far 500, looking down −z. */
const NEAR = 2, FAR = 500;
const PROJECTION = [1.2, 0, 0, 0, 0, 1.6, 0, 0, 0, 0, -(FAR + NEAR) / (FAR - NEAR), -1, 0, 0, (-2 * FAR * NEAR) / (FAR - NEAR), 0];

function clip(matrix: readonly number[], [x, y, z]: readonly [number, number, number]): number[] {
  return [0, 1, 2, 3].map((row) => (matrix[row] ?? 0) * x + (matrix[row + 4] ?? 0) * y + (matrix[row + 8] ?? 0) * z + (matrix[row + 12] ?? 0));
}

function depth(matrix: readonly number[], point: readonly [number, number, number]): number {
  const [, , z = 0, w = 1] = clip(matrix, point);
  return (z / w + 1) / 2;
}

describe("squeezed", () => {
  it("puts every depth at its share, and every pixel where it was", () => {
    for (const share of [1, 0.9938, 0.5]) {
      const made = squeezed(PROJECTION, share);
      for (const point of [[0, 0, -NEAR], [3, -2, -40], [-20, 9, -FAR]] as const) {
        expect(depth(made, point)).toBeCloseTo(share * depth(PROJECTION, point), 12);
        expect(clip(made, point).filter((_, i) => i !== 2)).toEqual(clip(PROJECTION, point).filter((_, i) => i !== 2));
      }
    }
  });
});

describe("affinePlane", () => {
  it("gives the depth of a plane from the pixel, behind the eye not at all", () => {
    const tilted = [1, 0, 0, 0, 0, 0.6, -0.8, 0, 0, 0.8, 0.6, 0, 0, -5, -30, 1];
    const matrix = Array.from({ length: 16 }, (_, i) => [0, 1, 2, 3].reduce((sum, k) => sum + (PROJECTION[(i % 4) + 4 * k] ?? 0) * (tilted[4 * Math.floor(i / 4) + k] ?? 0), 0));
    const plane = affinePlane(matrix, [0, 0, 0], 10);
    expect(plane).not.toBeNull();
    const [a, b, c] = plane as [number, number, number];
    for (const point of [[0, 0, 0], [7, 3, 0], [-4, 8, 0]] as const) {
      const [x = 0, y = 0, z = 0, w = 1] = clip(matrix, point);
      expect(a * (x / w) + b * (y / w) + c).toBeCloseTo(z / w, 9);
    }
  });
});
