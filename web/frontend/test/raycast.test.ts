import { Matrix4 } from "@math.gl/core";
import { describe, expect, it } from "vitest";

import type { Vec3 } from "../src/bim/measure";
import { parseGlb } from "../src/bim/glb";
import { pointOf, trianglesOf, type Clip, type Hit, type LocalView, type RowMesh } from "../src/bim/raycast";
import { visiblePart } from "../src/map/measure-overlay";
import { sample } from "./glb-writer";
import { Random } from "./random";

const random = new Random(11);
const [WIDTH, HEIGHT] = [1000, 800];

/** A box of 12 triangles and 12 edges. */
function box([x, y, z]: Vec3, [a, b, c]: Vec3): RowMesh {
  const corner = (i: number): Vec3 => [i & 1 ? a : x, i & 2 ? b : y, i & 4 ? c : z];
  const faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]] as const;
  const triangles = faces.flatMap(([p, q, r, s]) => [p, q, r, p, r, s].flatMap(corner));
  const edges = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [1, 2, 4].filter((bit) => !(i & bit)).flatMap((bit) => [...corner(i), ...corner(i | bit)]));
  return { triangles: Float64Array.from(triangles), edges: Float64Array.from(edges) };
}

function look(eye: Vec3, center: Vec3, clips: readonly Clip[] = []): LocalView {
  const clipFromLocal = new Matrix4().perspective({ fovy: 0.65, aspect: WIDTH / HEIGHT, near: 0.1, far: 1000 }).multiplyRight(new Matrix4().lookAt({ eye: [...eye], center: [...center], up: [0, 0, 1] }));
  return { clipFromLocal, eye, width: WIDTH, height: HEIGHT, clips };
}

function pixel(view: LocalView, p: Vec3): [number, number] {
  const [x = 0, y = 0] = view.clipFromLocal.transformAsPoint([...p]) as number[];
  return [((x + 1) / 2) * WIDTH, ((1 - y) / 2) * HEIGHT];
}

const wall = box([0, 0, 0], [8, 0.3, 3]);
const view = look([4, -20, 5], [4, 0, 1.5]);

describe("pointOf", () => {
  it("finds the point of a face that lies under a pixel", () => {
    for (let i = 0; i < 300; i++) {
      const meant: Vec3 = [random.between(0.5, 7.5), 0, random.between(0.4, 2.6)];
      const hit = pointOf(wall, view, ...pixel(view, meant)) as Hit;
      expect(hit.snap).toBe("face");
      hit.point.forEach((v, k) => expect(v).toBeCloseTo(meant[k] as number, 9));
    }
    expect(pointOf(wall, view, 5, 5)).toBeNull();
  });

  it("snaps to a corner within eight pixels, exactly, then to an edge", () => {
    const block = box([0, 0, 0], [8, 4, 3]);
    const [x, y] = pixel(view, [8, 0, 3]);
    for (const [dx, dy] of [[0, 0], [-5, 5], [0, 7], [6, -4]] as const) expect(pointOf(block, view, x + dx, y + dy)).toEqual({ point: [8, 0, 3], snap: "vertex" });
    const [u, v] = pixel(view, [5.25, 0, 3]);
    const edge = pointOf(wall, view, u, v + 6) as Hit;
    expect(edge.snap).toBe("edge");
    expect(edge.point.slice(1)).toEqual([0, 3]);
    expect(edge.point[0]).toBeCloseTo(5.25, 1);
    expect((pointOf(wall, view, u, v + 12) as Hit).snap).toBe("face");
  });

  it("finds the point of a slanted edge whose picture is nearest", () => {
    const near = look([-3, -4, 2], [4, 0, 1.5]);
    for (let x = 1; x < 7; x += 0.5) {
      const hit = pointOf(wall, near, ...pixel(near, [x, 0, 3])) as Hit;
      expect(hit.snap).toBe("edge");
      expect(hit.point[0]).toBeCloseTo(x, 6);
    }
  });

  it("does not snap to what the element itself hides", () => {
    const level = look([4, -20, 1.5], [4, 0, 1.5]);
    const [x, y] = pixel(level, [0, 0.3, 3]); // the far corner lies behind the near face
    const hit = pointOf(wall, level, x, y) as Hit;
    expect(hit.point).toEqual([0, 0, 3]);
  });

  it("goes through what a section cut away, and hits the face that it cut", () => {
    const cut: Clip = [0, 0, 1, -2]; // above 2 m is gone
    const above = look([4, -6, 20], [4, 0.15, 2], [cut]);
    const hit = pointOf(wall, above, ...pixel(above, [4, 0.15, 2]), 0) as Hit;
    expect(hit.snap).toBe("cut");
    hit.point.forEach((v, k) => expect(v).toBeCloseTo([4, 0.15, 2][k] as number, 9));
    const corner = pointOf(wall, above, ...pixel(above, [8, 0, 2])) as Hit;
    expect(corner.snap).toBe("vertex");
    corner.point.forEach((v, k) => expect(v).toBeCloseTo([8, 0, 2][k] as number, 12));
    expect(pointOf(wall, look([4, -20, 2.6], [4, 0, 2.6], [cut]), WIDTH / 2, HEIGHT / 2)).toBeNull();
    expect((pointOf(wall, look([4, -20, 2.6], [4, 0, 2.6], [[0, 0, -1, 2]]), WIDTH / 2, HEIGHT / 2) as Hit).snap).toBe("face");
  });

  it("does not snap to an edge that is cut away", () => {
    const slanted = look([4, -20, 5], [4, 0, 1.5], [[0.1, 0, 1, -2]]);
    expect(pointOf(wall, slanted, ...pixel(slanted, [4, 0, 3]))).toBeNull();
  });

  it("snaps to nothing behind the face that a section cut", () => {
    const cut: Clip = [0, 0, 1, -2];
    const above = look([4, -0.5, 30], [4, 0.15, 0], [cut]);
    const deep: Vec3 = [0, 0.3, 0]; // a lower corner, seen through the cut face
    const hit = pointOf(wall, above, ...pixel(above, [0.35, 0.2, 2])) as Hit;
    expect(hit.point[2]).toBeCloseTo(2, 9);
    expect(hit.point).not.toEqual(deep);
  });
});

describe("trianglesOf", () => {
  const glb = parseGlb(sample());

  it("takes the triangles of one row, at their places, z up", () => {
    // glb-writer: the first triangle of row 7 lies at (1, 7, 3), (2, 7, 3), (1, 8, 3) in the glTF's y-up frame.
    const found = [...(trianglesOf(glb, 7) as RowMesh).triangles];
    expect(found.slice(0, 9).map((v) => Math.round(v * 1e6) / 1e6)).toEqual([1, -3, 7, 2, -3, 7, 1, -3, 8]);
    expect(found).toHaveLength(18); // and one copy of the repeated mesh
    expect((trianglesOf(glb, 3) as RowMesh).triangles).toHaveLength(18);
    expect((trianglesOf(glb, 70000) as RowMesh).triangles).toHaveLength(9);
    expect(trianglesOf(glb, 4)).toBeNull();
  });

  it("gives the edges of the triangles in float64", () => {
    const { triangles, edges } = trianglesOf(glb, 70000) as RowMesh;
    expect(edges).toHaveLength(18);
    const corners = new Set([0, 3, 6].map((i) => triangles.slice(i, i + 3).join()));
    for (let i = 0; i < edges.length; i += 3) expect(corners.has(edges.slice(i, i + 3).join())).toBe(true);
  });
});

describe("visiblePart", () => {
  it("ends a line where the eye's plane is, in the right direction", () => {
    const project = look([0, 0, 0], [0, 10, 0]);
    const at = (p: Vec3): { x: number; y: number; w: number } => {
      const m = project.clipFromLocal as unknown as number[];
      const row = (k: number): number => (m[k] as number) * p[0] + (m[k + 4] as number) * p[1] + (m[k + 8] as number) * p[2] + (m[k + 12] as number);
      return { x: ((row(0) / row(3) + 1) / 2) * WIDTH, y: ((1 - row(1) / row(3)) / 2) * HEIGHT, w: row(3) };
    };
    expect(visiblePart(at([0, 5, 0]), at([1, 5, 0]))).toEqual([500, 400, at([1, 5, 0]).x, 400]);
    expect(visiblePart(at([0, -5, 0]), at([1, -5, 0]))).toBeNull();
    for (const flip of [false, true]) {
      const [a, b] = [at([0, 5, 0]), at([4, -5, 1])];
      const part = visiblePart(...((flip ? [b, a] : [a, b]) as [typeof a, typeof b])) as number[];
      const [sx, sy, ex, ey] = (flip ? [part[2], part[3], part[0], part[1]] : part) as [number, number, number, number];
      expect([sx, sy]).toEqual([a.x, a.y]);
      expect(ex).toBeGreaterThan(2 * WIDTH); // to the right and up, far out of the screen
      expect(ey).toBeLessThan(-HEIGHT);
      // and along the picture of the line's visible part
      const half = at([1, 2.5, 0.25]);
      expect((ey - sy) / (ex - sx)).toBeCloseTo((half.y - sy) / (half.x - sx), 4);
    }
  });
});
