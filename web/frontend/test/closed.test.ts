import { describe, expect, it } from "vitest";

import { facings } from "../src/bim/closed";
import { weld } from "../src/bim/edges";

/** A box of 12 triangles with a corner of its own for every triangle, faces outwards. */
function box(at: number, size: number): number[][][] {
  const corner = (i: number): number[] => [at + size * (i & 1), at + size * ((i >> 1) & 1), at + size * ((i >> 2) & 1)];
  const quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
  return quads.flatMap(([a = 0, b = 0, c = 0, d = 0]) => [[a, b, c], [a, c, d]]).map((t) => t.map(corner));
}

function facingOf(triangles: number[][][]): number[] {
  const positions = Float32Array.from(triangles.flat(2));
  const indices = Uint32Array.from({ length: triangles.length * 3 }, (_, i) => i);
  return [...facings(positions, indices, weld(positions, new Float32Array(indices.length)))];
}

const turned = (triangles: number[][][]): number[][][] => triangles.map(([a = [], b = [], c = []]) => [a, c, b]);

describe("facings", () => {
  it("knows a closed box that looks outwards, wherever it stands", () => {
    expect(facingOf(box(0, 1))).toEqual(Array(12).fill(1));
    expect(facingOf(box(-73.5, 0.02))).toEqual(Array(12).fill(1));
  });

  it("knows one that looks inwards", () => {
    expect(facingOf(turned(box(5, 2)))).toEqual(Array(12).fill(-1));
  });

  it("leaves open what lacks a triangle, or has one that is turned", () => {
    expect(facingOf(box(0, 1).slice(1))).toEqual(Array(11).fill(0));
    const [first = [], ...rest] = box(0, 1);
    expect(facingOf([...turned([first]), ...rest])).toEqual(Array(12).fill(0));
  });

  it("judges every shell of an element by itself", () => {
    const found = facingOf([...box(0, 1), ...turned(box(10, 1)), ...box(20, 1).slice(2)]);
    expect(found).toEqual([...Array(12).fill(1), ...Array(12).fill(-1), ...Array(10).fill(0)]);
  });

  it("leaves a sheet without thickness open", () => {
    const sheet = [[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [1, 0, 0]]];
    expect(facingOf(sheet)).toEqual([0, 0]);
  });
});
