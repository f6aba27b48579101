/** A faint grid on the empty ground: without it a tilted plain has no scale and no depth. */

import type { FeatureCollection, LineString } from "geojson";

import type { View } from "../url";
import { metresPerPixel } from "./camera";

const STEPS = [1, 2, 5];
const REACH = 40;
/** Farther away the ground is a country, and meridians are no grid. */
const FROM_ZOOM = 9;

/** The spacing in metres that comes nearest to, but not under, `pixels` on the screen: 1, 2 or 5 times a power of ten. */
export function spacing(zoom: number, latitude: number, pixels = 44): number {
  const wanted = metresPerPixel(zoom, latitude) * pixels;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return (STEPS.find((step) => step * power >= wanted) ?? 10) * power;
}

/** Lines around the middle of the view; every fifth is `major`. Lines keep their place while the map moves. */
export function groundGrid(view: View): FeatureCollection<LineString> {
  if (view.zoom < FROM_ZOOM) return { type: "FeatureCollection", features: [] };
  const step = spacing(view.zoom, view.latitude);
  const metresPerDegree = 111319.49;
  // The spacing of meridians follows a rounded latitude, so that a small move does not shift the whole grid.
  const latitude = Math.round(view.latitude * 4) / 4;
  const [east, north] = [step / (metresPerDegree * Math.cos((latitude * Math.PI) / 180)), step / metresPerDegree];
  const [i0, j0] = [Math.round(view.longitude / east), Math.round(view.latitude / north)];
  const lines: FeatureCollection<LineString> = { type: "FeatureCollection", features: [] };
  const add = (index: number, from: [number, number], to: [number, number]): void => {
    lines.features.push({ type: "Feature", properties: { kind: index % 5 === 0 ? "major" : "minor" }, geometry: { type: "LineString", coordinates: [from, to] } });
  };
  for (let k = -REACH; k <= REACH; k++) {
    const [lng, lat] = [(i0 + k) * east, (j0 + k) * north];
    add(i0 + k, [lng, (j0 - REACH) * north], [lng, (j0 + REACH) * north]);
    add(j0 + k, [(i0 - REACH) * east, lat], [(i0 + REACH) * east, lat]);
  }
  return lines;
}
