/** Where to look from: pure arithmetic on bounds and sizes. */

import type { Bounds } from "../types";
import type { View } from "../url";

export const ZOOM_IN_LIMIT = 23;
const EQUATOR = 40075016.686;

export interface Window {
  width: number;
  /** Below what covers the top. */
  height: number;
  /** Pixels that panels cover. */
  left: number;
  right: number;
  top?: number;
  bottom?: number;
}

/** Metres of ground per pixel in the middle of the map. */
export function metresPerPixel(zoom: number, latitude: number): number {
  return (EQUATOR * Math.cos((latitude * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** The view that shows a box of ground, `tall` metres high, in the part of the window that no panel covers. */
export function viewOf(bounds: Bounds, tall: number, window: Window, bearing = -20, pitch = 56): View {
  const [west, south, east, north] = bounds;
  const latitude = (south + north) / 2;
  const metresPerDegree = EQUATOR / 360;
  const across = Math.hypot((east - west) * metresPerDegree * Math.cos((latitude * Math.PI) / 180), (north - south) * metresPerDegree);
  return around((west + east) / 2, latitude, Math.hypot(across, tall * 0.7), window, bearing, pitch);
}

/** The view that shows a ball of `size` metres around a place. */
export function around(longitude: number, latitude: number, size: number, window: Window, bearing: number, pitch: number): View {
  const free = Math.max(160, Math.min(window.width - window.left - window.right, window.height * 1.1));
  const target = Math.max(size, 4) / (free * 0.72);
  const zoom = Math.log2((EQUATOR * Math.cos((latitude * Math.PI) / 180)) / (512 * target));
  return { longitude, latitude, zoom: Math.min(ZOOM_IN_LIMIT - 1, zoom), pitch, bearing };
}

/**
 * The view that shows a place `height` metres above the ground where `view` would show the ground below it, as large as that.
 *
 * offset: where that is, pixels from the middle of a screen `tall` pixels high; y down.
 */
export function lifted(view: View, height: number, [x, y]: readonly [number, number], tall: number): View {
  const [tilt, turn] = [(view.pitch * Math.PI) / 180, (view.bearing * Math.PI) / 180];
  const far = 1.5 * tall; // MapLibre's camera, pixels from what it looks at
  const scale = metresPerPixel(view.zoom, view.latitude) + height / (far * Math.cos(tilt));
  if (scale <= 0) return view;
  // Down the line of sight from the place to the ground, metres.
  const along = height / (far * Math.cos(tilt) + y * Math.sin(tilt));
  const [ahead, right] = [along * (far * Math.sin(tilt) - y * Math.cos(tilt)), along * x];
  const north = ahead * Math.cos(turn) - right * Math.sin(turn);
  const east = ahead * Math.sin(turn) + right * Math.cos(turn);
  const degree = EQUATOR / 360;
  const latitude = view.latitude + north / degree;
  const zoom = Math.log2((EQUATOR * Math.cos((latitude * Math.PI) / 180)) / (512 * scale));
  return { ...view, latitude, longitude: view.longitude + east / (degree * Math.cos((view.latitude * Math.PI) / 180)), zoom: Math.min(ZOOM_IN_LIMIT, zoom) };
}

/** The view that fills the free part of the window with flat ground; its near edge looks larger than its middle. */
export function viewOfGround([west, south, east, north]: Bounds, window: Window, bearing = -20, pitch = 50): View {
  const latitude = (south + north) / 2;
  const [east_, north_] = [((east - west) * EQUATOR * Math.cos((latitude * Math.PI) / 180)) / 360, ((north - south) * EQUATOR) / 360];
  const turn = (Math.abs(bearing) * Math.PI) / 180;
  const wide = east_ * Math.cos(turn) + north_ * Math.sin(turn);
  const deep = (east_ * Math.sin(turn) + north_ * Math.cos(turn)) * Math.cos((pitch * Math.PI) / 180);
  const [width, height] = [Math.max(160, window.width - window.left - window.right), Math.max(160, window.height - (window.bottom ?? 0))];
  const target = Math.max((wide * 1.35) / (width * 0.84), (deep * 1.45) / (height * 0.86), 0.3);
  const zoom = Math.log2((EQUATOR * Math.cos((latitude * Math.PI) / 180)) / (512 * target));
  return { longitude: (west + east) / 2, latitude, zoom: Math.min(ZOOM_IN_LIMIT - 1, zoom), pitch, bearing };
}

export function union(boxes: readonly Bounds[]): Bounds | null {
  if (!boxes.length) return null;
  return [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])), Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3]))];
}

const NEIGHBOURS_KM = 50;

/** How far apart the corners of a box are, kilometres. */
export function extentKm([west, south, east, north]: Bounds): number {
  return (EQUATOR / 360 / 1000) * Math.hypot((east - west) * Math.cos((((south + north) / 2) * Math.PI) / 180), north - south);
}

/** The boxes of the place where most of them lie: one model far away must not push all others out of sight. */
export function mainCluster(boxes: readonly Bounds[]): Bounds[] {
  const near = (a: Bounds, b: Bounds): boolean => extentKm(union([a, b]) as Bounds) < NEIGHBOURS_KM;
  const clusters = boxes.map((box) => boxes.filter((other) => near(box, other)));
  return clusters.reduce<Bounds[]>((best, cluster) => (cluster.length > best.length ? cluster : best), []);
}
