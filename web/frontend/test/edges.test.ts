import { describe, expect, it } from "vitest";

import { creaseEdges } from "../src/bim/edges";

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => [c & 1, (c >> 1) & 1, c >> 2]);
const QUADS = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];

/** A cube whose faces share no vertices, as tiles have them: two triangles per face. */
function cube(rowOf: (face: number) => number): { positions: Float32Array; rows: Float32Array; indices: Uint32Array } {
  const positions: number[] = [];
  const rows: number[] = [];
  const indices: number[] = [];
  QUADS.forEach((quad, face) => {
    const base = positions.length / 3;
    for (const corner of quad) {
      positions.push(...(CORNERS[corner] as number[]));
      rows.push(rowOf(face));
    }
    indices.push(base, base + 1, base + 2, base, base + 2, base + 3);
  });
  return { positions: Float32Array.from(positions), rows: Float32Array.from(rows), indices: Uint32Array.from(indices) };
}

const length = (p: Float32Array, a: number, b: number): number => Math.hypot(...[0, 1, 2].map((k) => (p[a * 3 + k] as number) - (p[b * 3 + k] as number)));

describe("creaseEdges", () => {
  it("draws the twelve edges of a cube and none of its diagonals", () => {
    const { positions, rows, indices } = cube(() => 4);
    const lines = creaseEdges(positions, rows, indices);
    expect(lines.length / 2).toBe(12);
    for (let i = 0; i < lines.length; i += 2) expect(length(positions, lines[i] as number, lines[i + 1] as number)).toBeCloseTo(1, 6);
  });

  it("draws nothing where two faces lie in one plane", () => {
    const positions = Float32Array.from([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
    const lines = creaseEdges(positions, new Float32Array(4), Uint32Array.from([0, 1, 2, 0, 2, 3]));
    expect(lines.length / 2).toBe(4);
  });

  it("does not weld corners of two elements", () => {
    const { positions, rows, indices } = cube((face) => face);
    expect(creaseEdges(positions, rows, indices).length / 2).toBe(24);
  });

  it("does not care for the winding of faces", () => {
    const { positions, rows, indices } = cube(() => 0);
    for (let i = 0; i < indices.length; i += 6) [indices[i + 1], indices[i + 2]] = [indices[i + 2] as number, indices[i + 1] as number];
    expect(creaseEdges(positions, rows, indices).length / 2).toBe(12);
  });

  it("welds in metres, also when positions are still integers", () => {
    const { positions, rows, indices } = cube(() => 0);
    expect(creaseEdges(positions.map((v) => v * 1000), rows, indices, 0.001).length / 2).toBe(12);
  });
});
