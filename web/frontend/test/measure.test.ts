import { Matrix4 } from "@math.gl/core";
import { describe, expect, it } from "vitest";

import { inOneFrame, measureArea, measureLine, type AreaMeasure, type MeasuredPoint, type Vec3 } from "../src/bim/measure";
import { Random } from "./random";

const random = new Random(3);

/** A rigid motion far from zero, as between ECEF and a model. */
function motion(far: number): Matrix4 {
  return new Matrix4().translate([random.between(-far, far), random.between(-far, far), random.between(-far, far)]).rotateXYZ([random.between(0, 6), random.between(0, 6), random.between(0, 6)]);
}

function moved(points: readonly Vec3[], m: Matrix4): Vec3[] {
  return points.map((p) => m.transformAsPoint([...p]) as unknown as Vec3);
}

describe("measureLine", () => {
  it("knows a staircase", () => {
    expect(measureLine([[0, 0, 0], [3, 0, 0], [3, 4, 0], [3, 4, -12]])).toEqual({ length: 19, straight: 13, height: -12, horizontal: 5 });
    expect(measureLine([[1, 2, 3]])).toEqual({ length: 0, straight: 0, height: 0, horizontal: 0 });
    expect(measureLine([])).toEqual({ length: 0, straight: 0, height: 0, horizontal: 0 });
  });

  it("is the same wherever it lies, and never shorter than the straight way", () => {
    for (let i = 0; i < 200; i++) {
      const points = Array.from({ length: random.whole(2, 7) }, (): Vec3 => [random.between(-50, 50), random.between(-50, 50), random.between(-50, 50)]);
      const [here, there] = [measureLine(points), measureLine(moved(points, motion(1e4)))];
      expect(there.length).toBeCloseTo(here.length, 8);
      expect(there.straight).toBeCloseTo(here.straight, 8);
      expect(here.length).toBeGreaterThanOrEqual(here.straight - 1e-12);
      expect(Math.hypot(here.height, here.horizontal)).toBeCloseTo(here.straight, 10);
    }
  });
});

describe("measureArea", () => {
  it("knows a roof: 3 by 5 in the slope, 3 by 4 on the ground", () => {
    const found = measureArea([[0, 0, 10], [3, 0, 10], [3, 4, 13], [0, 4, 13]]) as AreaMeasure;
    expect(found.area).toBeCloseTo(15, 12);
    expect(found.horizontal).toBeCloseTo(12, 12);
    expect(found.perimeter).toBeCloseTo(16, 12);
    expect(found.deviation).toBeCloseTo(0, 12);
    expect(found.normal.map((v) => Math.round(v * 1e9) / 1e9 + 0)).toEqual([0, -0.6, 0.8]);
    expect(found.crossed).toBe(false);
  });

  it("is that of the triangles of a star, wherever it lies", () => {
    for (let i = 0; i < 200; i++) {
      const corners = random.whole(3, 12);
      const radii = Array.from({ length: corners }, () => random.between(1, 30));
      const flat = radii.map((r, k): Vec3 => [r * Math.cos((k * 2 * Math.PI) / corners), r * Math.sin((k * 2 * Math.PI) / corners), 0]);
      // Triangles from the middle: an oracle that knows neither planes nor shoelaces.
      const expected = radii.reduce((sum, r, k) => sum + 0.5 * r * (radii[(k + 1) % corners] as number) * Math.sin((2 * Math.PI) / corners), 0);
      const turnedBy = motion(1000);
      const found = measureArea(moved(flat, turnedBy)) as AreaMeasure;
      expect(found.area / expected).toBeCloseTo(1, 9);
      const up = turnedBy.transformAsVector([0, 0, 1]) as unknown as number[];
      expect(found.horizontal / expected).toBeCloseTo(Math.abs(up[2] as number), 7);
      expect(Math.abs(found.normal[2])).toBeCloseTo(Math.abs(up[2] as number), 7);
      expect(found.crossed).toBe(false);
    }
  });

  it("says how far points lie from their plane, and when sides cross", () => {
    const bent = measureArea([[0, 0, 0.1], [10, 0, -0.1], [10, 10, 0.1], [0, 10, -0.1]]) as AreaMeasure;
    expect(bent.deviation).toBeCloseTo(0.1, 9);
    expect(bent.area).toBeCloseTo(100, 9);
    expect((measureArea([[0, 0, 0], [4, 4, 0], [4, 0, 0], [0, 4, 0]]) as AreaMeasure).crossed).toBe(true);
  });

  it("is none of a line, of a point, of two points", () => {
    for (const points of [[], [[1, 1, 1]], [[1, 1, 1], [2, 2, 2]], [[1, 1, 1], [2, 2, 2], [5, 5, 5]], [[1, 1, 1], [1, 1, 1], [1, 1, 1]]] as Vec3[][]) expect(measureArea(points)).toBeNull();
  });
});

describe("inOneFrame", () => {
  it("takes points of other models into the frame of the first, to a hundredth of a millimetre", () => {
    const point = (model: string, local: Vec3, ecefFromLocal: Matrix4): MeasuredPoint =>
      ({ model, project: "P", row: 0, globalId: "", local, ecefFromLocal: [...ecefFromLocal], place: [0, 0, 0], snap: "face", exact: true });
    for (let i = 0; i < 50; i++) {
      // A placement of 1:0.9996 maps: the other model's metres are as long as the first one's.
      const [a, b] = [motion(6e6).scale(1.0004), motion(10)];
      const local: Vec3 = [random.between(-90, 90), random.between(-90, 90), random.between(0, 60)];
      const other = b.clone().invert().transformAsPoint([...local]) as unknown as Vec3;
      const found = inOneFrame([point("a", [1, 2, 3], a), point("b", other, a.clone().multiplyRight(b)), point("a", local, new Matrix4())]);
      expect(found[0]).toEqual([1, 2, 3]);
      expect(found[2]).toEqual(local);
      found[1]?.forEach((v, k) => expect(Math.abs(v - (local[k] as number))).toBeLessThan(1e-5));
    }
    expect(inOneFrame([])).toEqual([]);
  });
});
