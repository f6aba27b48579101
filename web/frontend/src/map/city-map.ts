/** The map: MapLibre's camera and ground; the models in the same canvas (models.ts) come when one is near the view. */

import type { Viewport } from "@deck.gl/core";
import * as maplibregl from "maplibre-gl";
import type { MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import type { BimPick, BimTilesLayer } from "../bim/tiles-layer";
import { depth, look, useLook } from "../bim/look";
import type { Theme } from "../store";
import type { Bounds, CityFeature } from "../types";
import type { View } from "../url";
import { cityLayerOf, GRID, kindsOf } from "./basemap";
import { ZOOM_IN_LIMIT } from "./camera";
import { groundGrid } from "./grid";
import { byName, COLUMNS, districtFills, NOTHING, withJudged, type Judged } from "./judged";
import type { Models } from "./models";
import { anyNear } from "./near";
import { Pace } from "./pace";
import { pixelOf } from "./pixel";
import type { SceneOfModels } from "./scene";

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

  private models: Models | null = null;
  private coming: Promise<void> | null = null;
  private scene: SceneOfModels | null = null;
  private judged = NOTHING;
  /** What draws models did not come; the map was taken down. */
  private failed = false;
  private gone = false;
  /** Another map moves this one just now. */
  private led = false;

  constructor(container: HTMLElement, view: View, private style: StyleSpecification, theme: Theme, private readonly events: CityMapEvents) {
    maplibregl.setWorkerUrl(workerUrl);
    useLook(theme);
    this.map = new maplibregl.Map({
      container, style: withJudged(style, this.judged), center: [view.longitude, view.latitude], zoom: view.zoom, pitch: view.pitch, bearing: view.bearing,
      maxPitch: 80, maxZoom: ZOOM_IN_LIMIT, minZoom: 3, attributionControl: false, canvasContextAttributes: { antialias: true },
      fadeDuration: 0, localIdeographFontFamily: '"Noto Sans SC Variable", sans-serif', trackResize: true,
      // A tile beyond its source's last zoom stays whole: cut up, it would name each park once per piece.
      zoomLevelsToOverscale: undefined,
    });
    this.map.on("error", (event) => events.onError(new Error(event.error.message)));
    // deck.gl's own click waits for a tap of at most 250 ms, which its own pick on the way down may already take.
    this.map.on("click", (event) => events.onPick(this.pick(event.point.x, event.point.y), event.point.x, event.point.y));
    const pace = new Pace();
    this.map.on("movestart", () => { if (!this.led) look.brief = pace.slow; });
    this.map.on("render", () => this.shareDepth());
    this.map.on("render", () => { if (this.map.isMoving()) pace.frame(performance.now()); events.onProgress(); });
    this.map.on("moveend", () => { if (!this.led) { pace.rest(); look.brief = false; this.moved(); this.repaint(); } });
    this.map.on("move", () => this.models?.look(false));
    // With models, they tell of the pointer; without, there is only the ground under it.
    this.map.on("mousemove", (event) => { if (!this.models) events.onHover(null, event.point.x, event.point.y); });
    this.map.on("mouseout", () => { if (!this.models) events.onHover(null, -1, -1); });
    this.map.on("webglcontextlost", () => events.onContextLost());
    this.map.on("sourcedata", ({ dataType, sourceDataType }) => { if (dataType === "source" && sourceDataType === "metadata") events.onCredits(this.credits()); });
    this.map.once("style.load", () => {
      this.ready = true;
      this.moved();
    });
  }

  /** The layers that exist: those of models near the view. */
  get layers(): readonly BimTilesLayer[] {
    return this.models?.layers ?? [];
  }

  /** Another map shows what this one shows, from now on; returns how to stop. */
  lead(other: CityMap): () => void {
    const follow = (): void => {
      if (this.led) return;
      other.led = true;
      other.map.jumpTo({ center: this.map.getCenter(), zoom: this.map.getZoom(), pitch: this.map.getPitch(), bearing: this.map.getBearing() });
      other.led = false;
    };
    // Each step ends a move of the other map: what follows from a move waits for the last one.
    const settle = (): void => { if (!this.led) other.moved(); };
    this.map.on("move", follow);
    this.map.on("moveend", settle);
    return () => { this.map.off("move", follow); this.map.off("moveend", settle); };
  }

  /** What models there are, and how to draw them. */
  setScene(scene: SceneOfModels): void {
    this.scene = scene;
    this.models?.set(scene);
    this.look();
  }

  /** Load what draws models, near or not. */
  wantModels(): Promise<void> {
    const styled = this.ready ? Promise.resolve() : new Promise<void>((resolve) => { this.map.once("style.load", () => resolve()); });
    return (this.coming ??= Promise.all([import("./models"), styled]).then(([{ Models }]) => {
      if (this.gone) return;
      this.models = new Models(this.map, () => this.view, this.events);
      if (this.scene) this.models.set(this.scene);
    }).catch((error: Error) => {
      this.failed = true;
      this.events.onError(error);
    }));
  }

  /** Models that are near now get their layers. */
  private look(): void {
    if (this.models) return this.models.look(true);
    if (this.coming || !this.ready || !this.scene) return;
    const near = this.scene.scene.layers.filter((json) => json["spaces"] !== true).map((json) => json["bounds"] as Bounds | null | undefined);
    if (anyNear(near, this.view, this.map.getContainer().getBoundingClientRect())) void this.wantModels();
  }

  /** Colour columns and districts; nothing else of the map changes. */
  setJudged(judged: Judged): void {
    const before = this.judged;
    this.judged = judged;
    const source = this.map.getSource<maplibregl.GeoJSONSource>(COLUMNS);
    if (!source) return;
    const visible = (layer: string, on: boolean): void => { this.map.setLayoutProperty(layer, "visibility", on ? "visible" : "none"); };
    if (judged.columns !== before.columns) source.setData(judged.columns);
    visible(COLUMNS, judged.as === "columns");
    for (const layer of districtFills(withJudged(this.style, judged))) {
      this.map.setPaintProperty(layer, "fill-color", byName(judged.districts));
      visible(layer, judged.as === "districts");
    }
  }

  /** Change to another style of the same layers; MapLibre changes only what differs, models stay where they are. */
  setStyle(style: StyleSpecification, theme: Theme): void {
    this.style = style;
    useLook(theme);
    this.map.setStyle(withJudged(style, this.judged), { diff: true });
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

  /** A copy of what the map shows, taken while its frame is still there; without pins. */
  frame(): Promise<HTMLCanvasElement> {
    return new Promise((resolve) => {
      this.map.once("render", () => {
        const { width, height } = this.map.getCanvas();
        const copy = document.createElement("canvas");
        Object.assign(copy, { width, height });
        copy.getContext("2d")?.drawImage(this.map.getCanvas(), 0, 0);
        resolve(copy);
      });
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
  goTo(view: View, covered: { left: number; right: number; top?: number; bottom?: number }, animate = true): void {
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.easeTo({
      center: [view.longitude, view.latitude], zoom: view.zoom, pitch: view.pitch, bearing: view.bearing,
      offset: [(covered.left - covered.right) / 2, ((covered.top ?? 0) - (covered.bottom ?? 0)) / 2], duration: still ? 0 : FLIGHT_MS, essential: true,
    });
  }

  /** The newest frame's view; undefined before there is one. */
  get viewport(): Viewport | undefined {
    return this.models?.viewport;
  }

  /** The pixel of a place, height in metres above the map's ground; null behind the eye. */
  project(longitude: number, latitude: number, height: number): [number, number] | null {
    const { viewport } = this;
    if (!viewport) return pixelOf(this.view, this.map.getContainer().getBoundingClientRect(), longitude, latitude, height);
    const [x = NaN, y = NaN, depth = 2] = viewport.project([longitude, latitude, height]);
    return depth < 1 && Number.isFinite(x) ? [x, y] : null;
  }

  /** What a pixel shows of a model, or the nearest pixel within `radius`; null before the models have come. */
  pick(x: number, y: number, radius = 0): BimPick | null {
    return this.models?.pick(x, y, radius) ?? null;
  }

  /** Tiles that are loading and that have come, in all models. */
  progress(): { loading: number; loaded: number; settled: boolean } {
    return this.models?.progress() ?? { loading: 0, loaded: 0, settled: !this.coming || this.failed };
  }

  /** Take the map down with all that it holds. */
  destroy(): void {
    this.gone = true;
    this.models?.destroy();
    this.models = null;
    this.map.remove();
  }

  private moved(): void {
    const source = this.map.getSource<maplibregl.GeoJSONSource>(GRID);
    if (source) source.setData(groundGrid(this.view));
    this.look();
    this.events.onMove(this.view);
  }
}

function cityFeature(found: MapGeoJSONFeature, kinds: Readonly<Record<string, string>>): CityFeature {
  const layer = cityLayerOf(found.layer.id) ?? "";
  return { layer, kind: kinds[layer] ?? "other", id: Number(found.id ?? 0), properties: found.properties };
}
