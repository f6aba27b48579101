import { describe, expect, it } from "vitest";

import { Near, pixelsOf } from "../src/map/near";
import type { Bounds } from "../src/types";

const SCREEN = { width: 1366, height: 768 };
const view = (longitude: number, latitude: number, zoom: number, pitch = 0, bearing = 0) => ({ longitude, latitude, zoom, pitch, bearing });
/** A box some metres wide at a place. */
function box(lng: number, lat: number, metres = 100): Bounds {
  const [x, y] = [metres / 2 / (111319.49 * Math.cos((lat * Math.PI) / 180)), metres / 2 / 111319.49];
  return [lng - x, lat - y, lng + x, lat + y];
}

describe("the size of a model on the screen", () => {
  it("is its diagonal over the metres of a pixel, seen from above", () => {
    // zoom 16 at 60° north: 40075016.686 · cos 60° / (512 · 2^16) = 0.597 m a pixel
    expect(pixelsOf(box(10, 60), view(10, 60, 16), SCREEN)).toBeCloseTo(Math.SQRT2 * 100 / 0.59716, 0);
  });

  it("is nothing far outside, and less on the horizon than in front", () => {
    expect(pixelsOf(box(10.2, 60), view(10, 60, 16), SCREEN)).toBe(0);
    const [front, back] = [59.999, 60.01].map((lat) => pixelsOf(box(10, lat), view(10, 60, 16, 60), SCREEN));
    expect(back).toBeGreaterThan(0);
    expect(front).toBeGreaterThan(2 * (back as number));
    expect(pixelsOf(box(10, 59.9), view(10, 60, 16, 60), SCREEN)).toBe(0); // behind the eye
    expect(pixelsOf(box(10, 59.99), view(10, 60, 16, 60, 180), SCREEN)).toBeGreaterThan(0); // turned around
  });
});

describe("models near the view", () => {
  const city = new Map(Array.from({ length: 300 }, (_, i) => [`m${i}`, box(114 + (i % 20) * 0.0024, 22.5 + Math.floor(i / 20) * 0.0024)] as const));
  const middle = view(114.02, 22.515, 17);

  it("have layers; a whole city from afar has none", () => {
    const near = new Near();
    expect(near.look(city, view(114.02, 22.515, 11), SCREEN, () => 0, 0).size).toBe(0);
    const some = near.look(city, middle, SCREEN, () => 0, 0);
    expect(some.size).toBeGreaterThan(0);
    expect(some.size).toBeLessThan(30);
  });

  it("are never more than the machine can hold", () => {
    expect(new Near().look(city, view(114.02, 22.515, 14.6), SCREEN, () => 0, 0).size).toBe(48);
  });

  it("stay for a while, and go when they take too much or time is over, those first that were seen first", () => {
    const near = new Near();
    const at = (lng: number, now: number, bytes: number) => near.look(city, view(lng, 22.515, 18.5), SCREEN, () => bytes, now);
    const first = at(114.01, 0, 1);
    const both = at(114.03, 5000, 1);
    for (const id of first) expect(both).toContain(id);
    const later = at(114.03, 15500, 1);
    for (const id of first) expect(later).not.toContain(id);
    expect(later.size).toBeGreaterThan(0);
    const greedy = new Near();
    const one = greedy.look(city, view(114.01, 22.515, 18.5), SCREEN, () => 60e6, 0);
    const two = greedy.look(city, view(114.03, 22.515, 18.5), SCREEN, () => 60e6, 10);
    expect([...one].filter((id) => two.has(id)).length).toBeLessThan(one.size);
  });
});
