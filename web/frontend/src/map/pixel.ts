/** Where a place is on the screen, from the camera alone: pure, no need of deck.gl. */

import type { View } from "../url";
import type { Screen } from "./near";

const EARTH = 40075016.686;
/** The tangent of half of MapLibre's field of view, whose camera stands 1.5 screen heights from what it looks at. */
const HALF = 1 / 3;
const RADIANS = Math.PI / 180;

function mercator(latitude: number): number {
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (latitude * RADIANS) / 2)) / (2 * Math.PI);
}

/** height: metres above the map's ground; pixels from the map's top left; null behind the eye. */
export function pixelOf(view: View, screen: Screen, longitude: number, latitude: number, height: number): [number, number] | null {
  const world = 512 * 2 ** view.zoom;
  const east = ((longitude - view.longitude) / 360) * world;
  const north = (mercator(view.latitude) - mercator(latitude)) * world;
  const up = (height * world) / (EARTH * Math.cos(view.latitude * RADIANS));
  const [turn, tilt] = [view.bearing * RADIANS, view.pitch * RADIANS];
  const right = east * Math.cos(turn) - north * Math.sin(turn);
  const ahead = east * Math.sin(turn) + north * Math.cos(turn);
  const far = screen.height / 2 / HALF;
  const depth = far + ahead * Math.sin(tilt) - up * Math.cos(tilt);
  if (!(depth > 0)) return null;
  const scale = far / depth;
  return [screen.width / 2 + right * scale, screen.height / 2 - (ahead * Math.cos(tilt) + up * Math.sin(tilt)) * scale];
}
