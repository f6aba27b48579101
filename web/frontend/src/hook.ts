/**
 * `window.twin`: a small handle for tests and for the curious.
 *
 * `idle()` resolves when nothing is loading, the camera stands still and the newest frame is on the screen;
 * `project(lng, lat, height)` is the pixel of a place (height in metres above the map's ground), null behind the eye;
 * `pick(x, y)` is what a click there would select; `view()` is where the camera stands, `go()` puts it
 * somewhere else; `ready()`: the ground is drawn, lights and counts are there; `models()` are the models that have a layer, and the bytes of their tiles; `state()` what the page shows;
 * `turn(milliseconds)` measures frames; `labels()` are the texts of the labels that are drawn; `feature(x, y)` is what lies
 * there of the city's own layers; `tools()` are those for looking into buildings (`map/tools.ts`).
 */

import { pendingRequests } from "./api";
import type { BimPick } from "./bim/tiles-layer";
import type { CityMap } from "./map/city-map";
import type { BuildingTools } from "./map/tools";
import type { State } from "./store";
import type { CityFeature } from "./types";
import type { View } from "./url";

export interface TwinHook {
  idle: () => Promise<void>;
  project: (longitude: number, latitude: number, height: number) => [number, number] | null;
  pick: (x: number, y: number) => BimPick | null;
  view: () => View;
  go: (view: View) => void;
  ready: () => boolean;
  models: () => { model: string; bytes: number }[];
  state: () => State;
  turn: (duration: number) => Promise<number>;
  labels: () => { layer: string; text: string }[];
  feature: (x: number, y: number) => CityFeature | null;
  tools: () => Promise<BuildingTools | null>;
}

declare global {
  interface Window {
    twin?: TwinHook;
  }
}

export function installHook(cities: () => readonly CityMap[], state: () => State, tools: () => Promise<BuildingTools> | undefined): void {
  const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
  const [city = null] = cities();
  const drawn = (one: CityMap): Promise<void> => new Promise((resolve) => {
    one.map.once("render", () => resolve());
    one.repaint();
    // a map that was taken down meanwhile draws no more
    setTimeout(resolve, 2000);
  });
  const resting = (one: CityMap): boolean => one.ready && !one.map.isMoving() && one.map.loaded() && one.map.areTilesLoaded() && one.progress().settled;
  const still = (): boolean => pendingRequests() === 0 && cities().every(resting);

  window.twin = {
    idle: async () => {
      for (let calm = 0; calm < 3; calm = still() ? calm + 1 : 0) {
        await frame();
        await Promise.all(cities().map(drawn));
      }
    },
    project: (longitude, latitude, height) => city?.project(longitude, latitude, height) ?? null,
    pick: (x, y) => city?.pick(x, y) ?? null,
    go: (view) => city?.goTo(view, { left: 0, right: 0 }, false),
    ready: () => Boolean(city?.ready && city.map.areTilesLoaded()),
    models: () => (city?.layers ?? []).map((layer) => ({ model: layer.props.model, bytes: layer.bytes })),
    view: () => city?.view ?? { longitude: 0, latitude: 0, zoom: 0, pitch: 0, bearing: 0 },
    state,
    labels: () => city?.labels() ?? [],
    feature: (x, y) => city?.featureAt(x, y) ?? null,
    tools: async () => (await tools()) ?? null,
    /** Mean milliseconds per frame while the camera turns by 90 degrees in `duration` milliseconds. */
    turn: (duration) => new Promise((resolve) => {
      if (!city) return resolve(0);
      let frames = 0;
      const count = (): void => { frames += 1; };
      const start = performance.now();
      city.map.on("render", count);
      city.map.once("moveend", () => { city.map.off("render", count); resolve((performance.now() - start) / Math.max(1, frames)); });
      city.map.easeTo({ bearing: city.map.getBearing() + 90, duration, easing: (t) => t, essential: true });
    }),
  };
}
