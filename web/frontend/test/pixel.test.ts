import { WebMercatorViewport } from "@deck.gl/core";
import { describe, expect, it } from "vitest";

import { pixelOf } from "../src/map/pixel";
import { Random } from "./random";

describe("the pixel of a place", () => {
  it("is deck.gl's, for any camera", () => {
    const numbers = new Random(7);
    const next = (): number => numbers.unit();
    const screen = { width: 1366, height: 768 };
    for (let i = 0; i < 200; i++) {
      const view = { longitude: 114.06, latitude: 22.54, zoom: 9 + 10 * next(), pitch: 75 * next(), bearing: 360 * next() - 180 };
      const spread = 200 / 2 ** view.zoom;
      const place = [view.longitude + (next() - 0.5) * spread, view.latitude + (next() - 0.5) * spread, next() * spread * 1e4] as const;
      const oracle = new WebMercatorViewport({ ...view, ...screen, fovy: (2 * Math.atan(1 / 3) * 180) / Math.PI }).project([...place]) as [number, number, number];
      const found = pixelOf(view, screen, ...place);
      if (oracle[2] >= 1 || !found) continue;
      expect(Math.hypot(found[0] - oracle[0], found[1] - oracle[1])).toBeLessThan(0.5);
    }
  });
});
