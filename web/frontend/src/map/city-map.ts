/** The map: MapLibre's camera and ground, deck.gl's models in the same canvas. The only importer of both. */

import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { Layer, PickingInfo } from "@deck.gl/core";
import * as maplibregl from "maplibre-gl";
import type { StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { BimPick } from "../bim/tiles-layer";
import { BimTilesLayer } from "../bim/tiles-layer";
import { look, useLook } from "../bim/look";
import type { Theme } from "../store";
import type { View } from "../url";
import { ZOOM_IN_LIMIT } from "./camera";
import { groundGrid } from "./grid";
import { Pace } from "./pace";

export interface CityMapEvents {
  onPick: (pick: BimPick | null) => void;
  onHover: (pick: BimPick | null, x: number, y: number) => void;
  onMove: (view: View) => void;
  onProgress: () => void;
  onError: (error: Error) => void;
  onContextLost: () => void;
}

const GROUND: Readonly<Record<Theme, { ground: string; minor: string; major: string; sky: string }>> = {
  light: { ground: "#f1f3f2", minor: "#e8ebea", major: "#dfe4e3", sky: "#e6ecee" },
  dark: { ground: "#14181b", minor: "#1a2023", major: "#222a2e", sky: "#1b2226" },
};

export const FLIGHT_MS = 240;

export function webglAvailable(): boolean {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

export class CityMap {
  readonly map: maplibregl.Map;
  layers: BimTilesLayer[] = [];

  /** The style is there and models are drawn. */
  ready = false;

  private readonly overlay: MapLibreOverlay;
  private theme: Theme;

  constructor(container: HTMLElement, view: View, theme: Theme, private readonly events: CityMapEvents) {
    maplibregl.setWorkerUrl(workerUrl);
    this.theme = theme;
    useLook(theme);
    this.map = new maplibregl.Map({
      container, style: style(theme), center: [view.longitude, view.latitude], zoom: view.zoom, pitch: view.pitch, bearing: view.bearing,
      maxPitch: 80, maxZoom: ZOOM_IN_LIMIT, minZoom: 3, attributionControl: false, canvasContextAttributes: { antialias: true },
      fadeDuration: 0, localIdeographFontFamily: '"Noto Sans SC Variable", sans-serif', trackResize: true,
    });
    this.overlay = new MapLibreOverlay({
      interleaved: true, layers: [],
      onError: (error) => events.onError(error),
      // A shader that does not compile reaches neither deck.gl's onError nor the page, but a window of luma.gl's own.
      deviceProps: { debugShaders: "never", onError: (error: Error) => { events.onError(error); return true; } },
      onHover: (info) => events.onHover(pickOf(info), info.x, info.y),
      getCursor: ({ isDragging, isHovering }) => (isDragging ? "grabbing" : isHovering ? "pointer" : "grab"),
    });
    this.map.on("error", (event) => events.onError(new Error(event.error.message)));
    // deck.gl's own click waits for a tap of at most 250 ms, which its own pick on the way down may already take.
    this.map.on("click", (event) => events.onPick(this.pick(event.point.x, event.point.y)));
    const pace = new Pace();
    this.map.on("movestart", () => { look.brief = pace.slow; });
    this.map.on("render", () => { if (this.map.isMoving()) pace.frame(performance.now()); events.onProgress(); });
    this.map.on("moveend", () => { pace.rest(); look.brief = false; this.moved(); this.repaint(); });
    this.map.on("webglcontextlost", () => events.onContextLost());
    this.map.once("load", () => {
      this.map.addControl(this.overlay);
      this.ready = true;
      this.moved();
      this.setLayers(this.layers);
    });
  }

  setLayers(layers: BimTilesLayer[]): void {
    this.layers = layers;
    if (this.ready) this.overlay.setProps({ layers: layers as Layer[] });
  }

  setTheme(theme: Theme): void {
    if (theme === this.theme) return;
    this.theme = theme;
    useLook(theme);
    const colors = GROUND[theme];
    this.map.setPaintProperty("ground", "background-color", colors.ground);
    this.map.setPaintProperty("grid-minor", "line-color", colors.minor);
    this.map.setPaintProperty("grid-major", "line-color", colors.major);
    this.map.setSky(sky(theme));
    this.repaint();
  }

  repaint(): void {
    this.map.triggerRepaint();
  }

  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { longitude: lng, latitude: lat, zoom: this.map.getZoom(), pitch: this.map.getPitch(), bearing: this.map.getBearing() };
  }

  /** Fly (or jump, for readers who asked for no motion) so that the place lies in the middle of the free part. */
  goTo(view: View, covered: { left: number; right: number }, animate = true): void {
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.easeTo({
      center: [view.longitude, view.latitude], zoom: view.zoom, pitch: view.pitch, bearing: view.bearing,
      offset: [(covered.left - covered.right) / 2, 20], duration: still ? 0 : FLIGHT_MS, essential: true,
    });
  }

  /** The pixel of a place, height in metres above the map's ground; null behind the eye. */
  project(longitude: number, latitude: number, height: number): [number, number] | null {
    const viewport = this.layers[0]?.context?.viewport;
    if (!viewport) return null;
    const [x = NaN, y = NaN, depth = 2] = viewport.project([longitude, latitude, height]);
    return depth < 1 && Number.isFinite(x) ? [x, y] : null;
  }

  pick(x: number, y: number): BimPick | null {
    const info = this.overlay.pickObject({ x, y });
    return info ? pickOf(info) : null;
  }

  /** Tiles that are loading and that have come, in all models. */
  progress(): { loading: number; loaded: number; settled: boolean } {
    let [loading, loaded, settled] = [0, 0, true];
    for (const layer of this.layers) {
      const tileset = layer.state?.tileset3d;
      settled &&= Boolean(layer.isLoaded);
      if (!tileset) {
        loading += 1;
        continue;
      }
      loading += tileset.stats.get("Tiles Loading").count;
      loaded += tileset.stats.get("Tiles In Memory").count;
    }
    return { loading, loaded, settled };
  }

  private moved(): void {
    const source = this.map.getSource<maplibregl.GeoJSONSource>("grid");
    if (source) source.setData(groundGrid(this.view));
    this.events.onMove(this.view);
  }
}

function pickOf(info: PickingInfo): BimPick | null {
  return (info as PickingInfo & { bim?: BimPick }).bim ?? null;
}

function sky(theme: Theme): maplibregl.SkySpecification {
  const colors = GROUND[theme];
  return { "sky-color": colors.sky, "horizon-color": colors.ground, "fog-color": colors.ground, "sky-horizon-blend": 0.9, "horizon-fog-blend": 0.9, "fog-ground-blend": 0.2, "atmosphere-blend": 0 };
}

function style(theme: Theme): StyleSpecification {
  const colors = GROUND[theme];
  const line = (id: string, kind: string, color: string): StyleSpecification["layers"][number] => ({
    id, type: "line", source: "grid", filter: ["==", ["get", "kind"], kind], paint: { "line-color": color, "line-width": 1 },
  });
  return {
    version: 8, sky: sky(theme), sources: { grid: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colors.ground } },
      line("grid-minor", "minor", colors.minor), line("grid-major", "major", colors.major),
    ],
  };
}
