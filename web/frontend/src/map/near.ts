/**
 * Which models have a layer: those that are large enough on the screen, and some that were so a moment ago.
 *
 * A layer asks for its tileset as soon as it exists, and what it has loaded stays on the GPU as long as it does; a city has
 * hundreds of models.  Pure bookkeeping: no deck.gl, no MapLibre.
 */

import type { Bounds } from "../types";
import type { View } from "../url";
import { extentKm, metresPerPixel } from "./camera";

/** A model is worth a layer from this size on the screen, and keeps it until it is smaller than the second, pixels. */
const [APPEARS, VANISHES] = [22, 16];
/** What draws models is loaded when one is so large, pixels: from afar the pins say enough. */
const WORTH_LOADING = 64;
/** So many models at most have layers because they are seen, the largest first. */
const MOST_SEEN = 48;
/** What is out of sight stays for so long, milliseconds, and as long as all together take no more than so many bytes. */
const [PATIENCE, BUDGET] = [10_000, 96e6];
/** MapLibre's camera stands 1.5 screen heights from what it looks at. */
const DISTANCE = 1.5;

export interface Screen {
  width: number;
  height: number;
}

/** How large a box of ground (degrees) is on the screen, pixels; 0 when it lies behind the eye or far out of the picture. */
export function pixelsOf(bounds: Bounds, view: View, screen: Screen): number {
  const scale = metresPerPixel(view.zoom, view.latitude);
  const metresPerDegree = 40075016.686 / 360;
  const east = ((((bounds[0] + bounds[2]) / 2 - view.longitude) * metresPerDegree) * Math.cos((view.latitude * Math.PI) / 180)) / scale;
  const north = (((bounds[1] + bounds[3]) / 2 - view.latitude) * metresPerDegree) / scale;
  const [turn, tilt] = [(view.bearing * Math.PI) / 180, (view.pitch * Math.PI) / 180];
  const right = east * Math.cos(turn) - north * Math.sin(turn);
  const ahead = east * Math.sin(turn) + north * Math.cos(turn);
  const far = DISTANCE * screen.height;
  const depth = far + ahead * Math.sin(tilt);
  const size = Math.max(12, (extentKm(bounds) * 1000)) / scale;
  // close to the eye a model may be everywhere
  if (Math.hypot(right, ahead + far * Math.sin(tilt), far * Math.cos(tilt)) < size) return size;
  if (depth <= 0) return 0;
  const shown = (size * far) / depth;
  const [x, y] = [(right * far) / depth, (ahead * Math.cos(tilt) * far) / depth];
  const outside = Math.abs(x) > screen.width / 2 + shown || y < -screen.height / 2 - shown || y > screen.height / 2 + shown;
  return outside ? 0 : shown;
}

/** Is any of these so large that the first model is worth its code? A box that is unknown may be anywhere. */
export function anyNear(extents: Iterable<Bounds | null | undefined>, view: View, screen: Screen): boolean {
  for (const bounds of extents) if (!bounds || pixelsOf(bounds, view, screen) >= WORTH_LOADING) return true;
  return false;
}

export class Near {
  /** Id → when it was seen last; in the order of that time. */
  private readonly seen = new Map<string, number>();

  /** Take stock of a view; return the ids that have a layer now. bytes: what a layer holds; now: milliseconds. */
  look(extents: ReadonlyMap<string, Bounds>, view: View, screen: Screen, bytes: (id: string) => number, now: number): Set<string> {
    const large = [...extents].map(([id, bounds]) => ({ id, pixels: pixelsOf(bounds, view, screen) }))
      .filter(({ id, pixels }) => pixels >= (this.seen.has(id) ? VANISHES : APPEARS)).sort((a, b) => b.pixels - a.pixels).slice(0, MOST_SEEN);
    for (const { id } of large) {
      this.seen.delete(id); // to the end of the order
      this.seen.set(id, now);
    }
    const inSight = new Set(large.map(({ id }) => id));
    let total = [...this.seen.keys()].reduce((sum, id) => sum + bytes(id), 0);
    for (const [id, when] of [...this.seen]) {
      if (inSight.has(id)) continue;
      if (extents.has(id) && now - when < PATIENCE && total <= BUDGET) continue;
      total -= bytes(id);
      this.seen.delete(id);
    }
    return new Set(this.seen.keys());
  }

  /** When to look again although the view stays, milliseconds from now; null: not needed. */
  get again(): number | null {
    return this.seen.size ? PATIENCE + 1000 : null;
  }
}
