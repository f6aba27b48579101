import { Matrix4 } from "@math.gl/core";
import { Ellipsoid } from "@math.gl/geospatial";
import { describe, expect, it } from "vitest";

import { ellipsoidNormal, lower } from "../src/bim/loader";
import { affinePlane } from "../src/bim/plane";

/** math.gl's ellipsoid is the oracle: it was written by others. */
function geodetic(p: number[]): number[] {
  return Ellipsoid.WGS84.cartesianToCartographic(p) as number[];
}

describe("lower", () => {
  it.each([[114.06, 22.54, 30], [91.13, 29.65, 3650], [-71.06, 42.36, 0], [8.44, -49.1, 110]])("takes %f, %f, %f m down to the ground", (lng, lat, height) => {
    const at = Ellipsoid.WGS84.cartographicToCartesian([lng, lat, height]) as number[];
    const root = { transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...at, 1] };
    lower(root, height);
    const [lng2 = 0, lat2 = 0, height2 = 9] = geodetic(root.transform.slice(12, 15));
    expect(height2).toBeCloseTo(0, 3);
    expect(lng2).toBeCloseTo(lng, 9);
    expect(lat2).toBeCloseTo(lat, 8);
  });

  it("lowers a region's heights", () => {
    const root = { boundingVolume: { region: [1, 0.5, 1.1, 0.6, 100, 130] } };
    lower(root, 100);
    expect(root.boundingVolume.region).toEqual([1, 0.5, 1.1, 0.6, 0, 30]);
  });
});

describe("ellipsoidNormal", () => {
  it("is the direction that latitude and longitude name", () => {
    const [lng, lat] = [(121.47 * Math.PI) / 180, (31.23 * Math.PI) / 180];
    const p = Ellipsoid.WGS84.cartographicToCartesian([121.47, 31.23, 250]) as number[];
    const named = [Math.cos(lat) * Math.cos(lng), Math.cos(lat) * Math.sin(lng), Math.sin(lat)];
    ellipsoidNormal(p[0] as number, p[1] as number, p[2] as number).forEach((v, k) => expect(v).toBeCloseTo(named[k] as number, 10));
  });
});

describe("affinePlane", () => {
  const view = new Matrix4().perspective({ fovy: 0.64, aspect: 1.6, near: 0.1, far: 1000 }).rotateX(-0.9).rotateZ(0.4).translate([-3, 2, -20]);

  it("gives the depth of every point of the ground from its pixel", () => {
    const plane = affinePlane(view, [3, -2, 0], 1);
    expect(plane).not.toBeNull();
    const [a, b, c] = plane as [number, number, number];
    for (const p of [[0, 0, 0], [5, 9, 0], [-4, 1, 0], [3, 30, 0]]) {
      const [x = 0, y = 0, z = 0] = view.transformAsPoint(p) as number[];
      expect(a * x + b * y + c).toBeCloseTo(z, 9);
    }
  });

  it("gives none when the ground is seen edge-on", () => {
    const level = new Matrix4().perspective({ fovy: 0.64, aspect: 1.6, near: 0.1, far: 1000 }).rotateX(-Math.PI / 2);
    expect(affinePlane(level, [0, 0, 0], 1)).toBeNull();
  });
});
