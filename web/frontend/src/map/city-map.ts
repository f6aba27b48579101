/** The map: MapLibre's camera and ground, deck.gl's models in the same canvas. The only importer of both. */

import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { Layer, PickingInfo, Viewport } from "@deck.gl/core";
import * as maplibregl from "maplibre-gl";
import type { MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { BimPick } from "../bim/tiles-layer";
import { BimTilesLayer } from "../bim/tiles-layer";
import { depth, look, useLook } from "../bim/look";
import type { Theme } from "../store";
import type { CityFeature } from "../types";
import type { View } from "../url";
import { cityLayerOf, GRID, kindsOf } from "./basemap";
import { ZOOM_IN_LIMIT } from "./camera";
import { ModelLayers } from "./model-layers";
import { groundGrid } from "./grid";
import { Pace } from "./pace";

export interface CityMapEvents {
  onPick: (pick: BimPick | null, x: number, y: number) => void;
  onHover: (pick: BimPick | null, x: number, y: number) => void;
  onMove: (view: View) => void;
  onProgress: () => void;
  onError: (error: Error) => void;
  onContextLost: () => void;
  onCredits: (credits: string[]) => void;
  /** Other models have layers now. */
  onModels: () => void;
}

export const FLIGHT_MS = 240;

/** Kinds of city layers whose features answer a pointer. */
const TELLING: ReadonlySet<string> = new Set(["buildings", "roads", "rail", "utilities", "water", "green", "other"]);
/** A line is thin: how far from the pointer it may be, pixels. */
const REACH = 3;


export function webglAvailable(): boolean {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

export class CityMap {
  readonly map: maplibregl.Map;

  /** The style is there and models are drawn. */
  ready = false;

  private readonly overlay: MapLibreOverlay;
  private readonly models = new ModelLayers(() => this.view, () => this.map.getContainer().getBoundingClientRect(), () => { this.drawLayers(); this.events.onModels(); });

  constructor(container: HTMLElement, view: View, private style: StyleSpecification, theme: Theme, private readonly events: CityMapEvents) {
    maplibregl.setWorkerUrl(workerUrl);
    useLook(theme);
    this.map = new maplibregl.Map({
      container, style, center: [view.longitude, view.latitude], zoom: view.zoom, pitch: view.pitch, bearing: view.bearing,
      maxPitch: 80, maxZoom: ZOOM_IN_LIMIT, minZoom: 3, attributionControl: false, canvasContextAttributes: { antialias: true },
      fadeDuration: 0, localIdeographFontFamily: '"Noto Sans SC Variable", sans-serif', trackResize: true,
      // A tile beyond its source's last zoom stays whole: cut up, it would name each park once per piece.
      zoomLevelsToOverscale: undefined,
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
    this.map.on("click", (event) => events.onPick(this.pick(event.point.x, event.point.y), event.point.x, event.point.y));
    const pace = new Pace();
    this.map.on("movestart", () => { look.brief = pace.slow; });
    this.map.on("render", () => this.shareDepth());
    this.map.on("render", () => { if (this.map.isMoving()) pace.frame(performance.now()); events.onProgress(); });
    this.map.on("moveend", () => { pace.rest(); look.brief = false; this.moved(); this.repaint(); });
    this.map.on("move", () => this.models.look());
    this.map.on("webglcontextlost", () => events.onContextLost());
    this.map.on("sourcedata", ({ dataType, sourceDataType }) => { if (dataType === "source" && sourceDataType === "metadata") events.onCredits(this.credits()); });
    this.map.once("style.load", () => {
      this.map.addControl(this.overlay);
      this.ready = true;
      this.moved();
      this.drawLayers();
    });
  }

  /** The layers that exist: those of models near the view. */
  get layers(): readonly BimTilesLayer[] {
    return this.models.layers;
  }

  setLayers(layers: BimTilesLayer[]): void {
    this.models.set(layers);
    this.drawLayers();
  }

  private drawLayers(): void {
    if (!this.ready) return;
    // deck.gl puts its layers among MapLibre's only while no tile of the ground is loading, else on top of the labels;
    // what it needs is there with the style itself.
    const { map } = this;
    map.isStyleLoaded = () => true;
    this.overlay.setProps({ layers: [...this.layers] as Layer[] });
    Reflect.deleteProperty(map, "isStyleLoaded");
  }

  /** Change to another style of the same layers; MapLibre changes only what differs, models stay where they are. */
  setStyle(style: StyleSpecification, theme: Theme): void {
    this.style = style;
    useLook(theme);
    this.map.setStyle(style, { diff: true });
    this.moved();
    this.repaint();
  }

  /** What lies under a pixel of the city's own layers, the topmost first that is worth a word; null on bare ground. */
  featureAt(x: number, y: number): CityFeature | null {
    const kinds = kindsOf(this.style);
    const asked = this.style.layers.filter((layer) => TELLING.has(kinds[cityLayerOf(layer.id) ?? ""] ?? "") && layer.type !== "symbol").map((layer) => layer.id);
    const near = [[x - REACH, y - REACH], [x + REACH, y + REACH]] as [[number, number], [number, number]];
    const found = this.map.queryRenderedFeatures([x, y], { layers: asked })[0] ?? this.map.queryRenderedFeatures(near, { layers: asked })[0];
    return found ? cityFeature(found, kinds) : null;
  }

  /** The labels on the screen. */
  labels(): { layer: string; text: string }[] {
    const layers = this.style.layers.filter((layer) => layer.type === "symbol").map((layer) => layer.id);
    return this.map.queryRenderedFeatures({ layers }).map((found) => ({ layer: found.layer.id, text: String(found.layer.layout?.["text-field" as never] ?? "") }));
  }

  /** Whom the ground's data are owed to. */
  private credits(): string[] {
    const found = Object.keys(this.style.sources).map((id) => (this.map.getSource(id) as { attribution?: string } | undefined)?.attribution);
    return [...new Set(found.filter((credit): credit is string => Boolean(credit)))];
  }

  /** Models stand in the same part of the depth buffer as extruded buildings; it changes with the number of style layers. */
  private shareDepth(): void {
    const share = (this.map as unknown as { painter?: { depthRangeFor3D?: number[] } }).painter?.depthRangeFor3D?.[1] ?? 1;
    if (share === depth.share) return;
    depth.share = share;
    this.repaint();
  }

  /** What the map shows, as a PNG: copied while its frame is still there. */
  picture(): Promise<Blob | null> {
    return new Promise((resolve) => {
      this.map.once("render", () => this.map.getCanvas().toBlob(resolve, "image/png"));
      this.repaint();
    });
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

  /** The newest frame's view; undefined before there is one. */
  get viewport(): Viewport | undefined {
    const deck = (this.overlay as unknown as { _deck?: { isInitialized: boolean; getViewports: () => Viewport[] } })._deck;
    return deck?.isInitialized ? deck.getViewports()[0] : undefined;
  }

  /** The pixel of a place, height in metres above the map's ground; null behind the eye. */
  project(longitude: number, latitude: number, height: number): [number, number] | null {
    const { viewport } = this;
    if (!viewport) return null;
    const [x = NaN, y = NaN, depth = 2] = viewport.project([longitude, latitude, height]);
    return depth < 1 && Number.isFinite(x) ? [x, y] : null;
  }

  /** What a pixel shows of a model, or the nearest pixel within `radius`. */
  pick(x: number, y: number, radius = 0): BimPick | null {
    const info = this.overlay.pickObject({ x, y, radius });
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
    const source = this.map.getSource<maplibregl.GeoJSONSource>(GRID);
    if (source) source.setData(groundGrid(this.view));
    this.models.look(true);
    this.events.onMove(this.view);
  }
}

function pickOf(info: PickingInfo): BimPick | null {
  return (info as PickingInfo & { bim?: BimPick }).bim ?? null;
}

function cityFeature(found: MapGeoJSONFeature, kinds: Readonly<Record<string, string>>): CityFeature {
  const layer = cityLayerOf(found.layer.id) ?? "";
  return { layer, kind: kinds[layer] ?? "other", id: Number(found.id ?? 0), properties: found.properties };
}
