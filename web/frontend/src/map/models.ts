/**
 * The models of the city in the map's own canvas: deck.gl, loaders.gl, and our layers.
 *
 * The page loads this file when a model is near the view (`city-map.ts`); nothing that is loaded before may import it
 * but as `await import`.
 */

import type { Layer, PickingInfo, Viewport } from "@deck.gl/core";
import { MapLibreOverlay } from "@deck.gl/maplibre";
import type { Map as MapLibreMap } from "maplibre-gl";

import { LateLayer } from "../bim/late";
import type { BimPick, BimTilesLayer } from "../bim/tiles-layer";
import type { View } from "../url";
import { MODELS } from "./basemap";
import { ModelLayers } from "./model-layers";
import { sceneLayers, type SceneOfModels } from "./scene";

export interface ModelsEvents {
  onHover: (pick: BimPick | null, x: number, y: number) => void;
  onError: (error: Error) => void;
  /** Other models have layers now. */
  onModels: () => void;
}

export class Models {
  private readonly overlay: MapLibreOverlay;
  private readonly near: ModelLayers;

  constructor(private readonly map: MapLibreMap, view: () => View, private readonly events: ModelsEvents) {
    this.near = new ModelLayers(view, () => map.getContainer().getBoundingClientRect(), () => { this.draw(); events.onModels(); });
    this.overlay = new MapLibreOverlay({
      interleaved: true, layers: [],
      onError: (error) => events.onError(error),
      // A shader that does not compile reaches neither deck.gl's onError nor the page, but a window of luma.gl's own.
      deviceProps: { debugShaders: "never", onError: (error: Error) => { events.onError(error); return true; } },
      onHover: (info) => events.onHover(pickOf(info), info.x, info.y),
      getCursor: ({ isDragging, isHovering }) => (isDragging ? "grabbing" : isHovering ? "pointer" : "grab"),
    });
    map.addControl(this.overlay);
  }

  /** The layers that exist: those of models near the view. */
  get layers(): readonly BimTilesLayer[] {
    return this.near.layers;
  }

  set(scene: SceneOfModels): void {
    this.near.set(sceneLayers(scene));
    this.draw();
    this.events.onModels();
  }

  /** See what is near now. */
  look(due: boolean): void {
    this.near.look(due);
  }

  private draw(): void {
    // deck.gl puts its layers among MapLibre's only while no tile of the ground is loading, else on top of the labels;
    // what it needs is there with the style itself.
    const { map } = this;
    map.isStyleLoaded = () => true;
    this.overlay.setProps({ layers: [...this.layers, new LateLayer({ id: "late", beforeId: MODELS } as object)] as Layer[] });
    Reflect.deleteProperty(map, "isStyleLoaded");
  }

  /** The newest frame's view; undefined before there is one. */
  get viewport(): Viewport | undefined {
    const deck = (this.overlay as unknown as { _deck?: { isInitialized: boolean; getViewports: () => Viewport[] } })._deck;
    return deck?.isInitialized ? deck.getViewports()[0] : undefined;
  }

  /** What a pixel shows of a model, or the nearest pixel within `radius`. */
  pick(x: number, y: number, radius: number): BimPick | null {
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

  destroy(): void {
    this.near.destroy();
    this.map.removeControl(this.overlay);
  }
}

function pickOf(info: PickingInfo): BimPick | null {
  return (info as PickingInfo & { bim?: BimPick }).bim ?? null;
}
