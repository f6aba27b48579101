import { describe, expect, it } from "vitest";

import { parseGlb, trs } from "../src/bim/glb";
import { sample } from "./glb-writer";

describe("parseGlb", () => {
  const glb = parseGlb(sample());

  it("leaves out the padding of strided accessors", () => {
    expect([...(glb.meshes[0]?.primitives[0]?.position.values ?? [])]).toEqual([0, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 200, 100, 0, 200, 0, 100, 200]);
    expect([...(glb.meshes[0]?.primitives[0]?.feature?.values ?? [])]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it("multiplies the matrices of parents and children", () => {
    expect(glb.meshes[0]?.matrix.transformAsPoint([100, 0, 200])).toEqual([2, 7, 5]);
  });

  it("reads normalised integers as numbers", () => {
    const normal = glb.meshes[0]?.primitives[0]?.normal;
    expect((normal?.values[2] ?? 0) * (normal?.scale ?? 0)).toBeCloseTo(1, 12);
  });

  it("reads instances with their features", () => {
    const copies = glb.meshes[1]?.instances;
    expect(copies?.count).toBe(3);
    expect([...(copies?.features?.values ?? [])]).toEqual([2, 2, 0]);
    const turned = copies?.matrices[1]?.transformAsPoint([1, 0, 0]) as number[];
    [20, 1, 0].forEach((v, k) => expect(turned[k]).toBeCloseTo(v, 6)); // a quarter turn about z takes +x to +y
  });

  it("knows glass from solids", () => {
    expect(glb.meshes.map((m) => m.primitives[0]?.translucent)).toEqual([false, true]);
  });

  it("decodes the property table", () => {
    const { features } = glb;
    expect([...features.rows]).toEqual([7, 70000, 3]);
    expect(features.featureOfRow(70000)).toBe(1);
    expect(features.featureOfRow(8)).toBe(-1);
    expect([0, 1, 2].map((f) => features.text(f, "global_id"))).toEqual(["AAAA", "BBBB", "C$_墙"]);
    expect(features.text(1, "storey")).toBe("一层");
    expect(features.text(-1, "storey")).toBe("");
  });

  it("refuses what is no glb, and a truncated one", () => {
    expect(() => parseGlb(new TextEncoder().encode("<!doctype html><html></html>").buffer as ArrayBuffer)).toThrow(/not a binary glTF/);
    expect(() => parseGlb(sample().slice(0, 900))).toThrow(/truncated/);
  });
});

describe("trs", () => {
  it("scales first, then turns, then moves", () => {
    const m = trs([1, 2, 3], [0, 0, Math.SQRT1_2, Math.SQRT1_2], [2, 1, 1]);
    const p = m.transformAsPoint([1, 0, 0]) as number[];
    [1, 4, 3].forEach((v, k) => expect(p[k]).toBeCloseTo(v, 12));
  });
});
