import { WebMercatorViewport } from "@deck.gl/core";
import { Matrix4 } from "@math.gl/core";
import { describe, expect, it } from "vitest";

import { planeFrom } from "../src/bim/plane";
import { beyond, commonSection, levelSection, readSection, sectionPlane, sectionRange, sectionText, uprightSection, type Section, type SectionPlane } from "../src/bim/section";
import { Random } from "./random";

const random = new Random(7);

function any(): Section {
  const flip = random.unit() < 0.5;
  if (random.unit() < 0.4) return levelSection(random.between(-50, 400), flip);
  return uprightSection(random.between(-400, 800), random.between(-500, 500), [random.between(-180, 180), random.between(-80, 80)], flip);
}

describe("sectionPlane", () => {
  it("cuts away what is above, or below", () => {
    expect(beyond(sectionPlane(levelSection(3)), [50, -20, 3.5])).toBeCloseTo(0.5, 12);
    expect(beyond(sectionPlane(levelSection(3, true)), [50, -20, 3.5])).toBeCloseTo(-0.5, 12);
  });

  it("reads bearings clockwise from north", () => {
    for (const [bearing, towards] of [[0, [0, 1]], [90, [1, 0]], [180, [0, -1]], [270, [-1, 0]], [45, [Math.SQRT1_2, Math.SQRT1_2]]] as const) {
      const plane = sectionPlane(uprightSection(bearing, 10, [114, 22]));
      expect(beyond(plane, [towards[0] * 12, towards[1] * 12, 99])).toBeCloseTo(2, 12);
    }
  });

  it("takes one side or the other, never both, by the distance from the plane", () => {
    for (let i = 0; i < 300; i++) {
      const section = any();
      const p = [random.between(-300, 300), random.between(-300, 300), random.between(-20, 200)] as const;
      const [one, other] = [sectionPlane(section), sectionPlane({ ...section, flip: !section.flip })] as [SectionPlane, SectionPlane];
      expect(beyond(one, p)).toBeCloseTo(-beyond(other, p), 9);
      expect(Math.hypot(...one.normal)).toBeCloseTo(1, 12);
      const step = random.between(-5, 5);
      const moved = p.map((v, k) => v + step * (one.normal[k] as number)) as unknown as readonly [number, number, number];
      expect(beyond(one, moved)).toBeCloseTo(beyond(one, p) + step, 9);
    }
  });
});

describe("planeFrom", () => {
  it("gives a point the same value in both frames", () => {
    for (let i = 0; i < 200; i++) {
      const matrix = new Matrix4().translate([random.between(-9, 9), random.between(-9, 9), random.between(-9, 9)]).rotateXYZ([random.unit(), random.unit(), random.unit()]).scale([random.between(0.5, 2), random.between(0.5, 2), random.between(0.5, 2)]);
      const plane = [random.between(-1, 1), random.between(-1, 1), random.between(-1, 1), random.between(-5, 5)];
      const p: [number, number, number] = [random.between(-30, 30), random.between(-30, 30), random.between(-30, 30)];
      const value = (a: readonly number[], q: readonly number[]): number => (a[0] as number) * (q[0] as number) + (a[1] as number) * (q[1] as number) + (a[2] as number) * (q[2] as number) + (a[3] as number);
      expect(value(planeFrom(plane, matrix), p)).toBeCloseTo(value(plane, matrix.transformAsPoint(p) as number[]), 9);
    }
  });
});

describe("commonSection", () => {
  it("measures metres on the map, wherever the camera stands", () => {
    for (let i = 0; i < 100; i++) {
      const [longitude, latitude] = [random.between(-170, 170), random.between(-60, 60)];
      const viewport = new WebMercatorViewport({ width: 800, height: 600, longitude: longitude + random.between(-0.01, 0.01), latitude: latitude + random.between(-0.01, 0.01), zoom: random.between(14, 22), pitch: 50, bearing: random.between(0, 360) });
      const section = random.unit() < 0.5 ? levelSection(random.between(0, 90)) : uprightSection(random.between(0, 360), random.between(-50, 50), [longitude, latitude]);
      const [a, b, c, d] = commonSection(viewport as never, [longitude, latitude], section) as [number, number, number, number];
      // By its own way: metres east and north by the local size of a degree of the map's sphere.
      const [east, north, up] = [random.between(-40, 40), random.between(-40, 40), random.between(0, 90)];
      const [lng, lat] = viewport.addMetersToLngLat([longitude, latitude], [east, north]) as [number, number];
      const [x = 0, y = 0] = viewport.projectPosition([lng, lat, 0]);
      const z = up * (viewport.getDistanceScales([longitude, latitude, 0]).unitsPerMeter[2] as number);
      expect(a * x + b * y + c * z + d).toBeCloseTo(beyond(sectionPlane(section), [east, north, up]), 2);
    }
    expect(commonSection({} as never, [0, 0], null)).toBeNull();
  });
});

describe("sectionText", () => {
  it("is read back to a millimetre, and an address keeps it as it is", () => {
    for (let i = 0; i < 500; i++) {
      const section = any();
      const text = sectionText(section);
      expect(new URLSearchParams({ section: text }).toString()).toBe(`section=${text}`);
      const read = readSection(text) as Section;
      expect([read.kind, read.flip]).toEqual([section.kind, section.flip]);
      if (read.kind === "level" && section.kind === "level") expect(Math.abs(read.height - section.height)).toBeLessThanOrEqual(0.00051);
      if (read.kind === "upright" && section.kind === "upright") {
        expect(Math.abs(read.offset - section.offset)).toBeLessThanOrEqual(0.00051);
        expect(Math.abs(Math.sin(((read.bearing - section.bearing) * Math.PI) / 180))).toBeLessThan(1e-5);
        expect(read.at.map((v, k) => Math.abs(v - (section.at[k] as number)) < 6e-9)).toEqual([true, true]);
      }
      expect(sectionText(read)).toBe(text);
    }
  });

  it("says the same for the same: no minus zero, no exponents", () => {
    expect(sectionText(levelSection(-0.0001))).toBe("h0");
    expect(sectionText(levelSection(100, true))).toBe("h100f");
    expect(sectionText(uprightSection(-90, -2.5, [1e-7, -1e-9]))).toBe("v270_-2.5_0.0000001_0");
    expect(sectionText(uprightSection(359.9999, 0, [0, 0]))).toBe("v0_0_0_0");
    expect(sectionText(null)).toBe("");
  });

  it("refuses what it did not write", () => {
    for (const text of [null, "", "h", "hx", "h1_2", "v1_2_3", "v1_2_3_95", "v1_2_300_5", "h1e9", "h--1", "v1__2_3", "h1ff", "k3", "h999999999"]) expect(readSection(text), String(text)).toBeNull();
  });
});

describe("sectionRange", () => {
  it("reaches all of the model and not much more", () => {
    const bounds: [number, number, number, number] = [114, 22.5, 114.001, 22.5005];
    expect(sectionRange(levelSection(0), bounds, [0, 20])).toEqual([-1.1, 21.1]);
    const [low, high] = sectionRange(uprightSection(90, 0, [114.0005, 22.50025]), bounds, [0, 20]);
    const half = 111319.49 * 0.0005 * Math.cos((22.50025 * Math.PI) / 180);
    expect(high).toBeCloseTo(1.1 * half + 0.1, 3);
    expect(low).toBeCloseTo(-high, 6);
  });
});
