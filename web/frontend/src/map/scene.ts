/** The server's scene (pydeck's JSON) as layers. A new kind of layer is registered here and nowhere else. */

import { JSONConfiguration, JSONConverter } from "@deck.gl/json";

import { BimTilesLayer } from "../bim/tiles-layer";
import type { ModelPaint } from "../bim/paint";
import type { SceneJson } from "../types";
import { MODELS } from "./basemap";

const converter = new JSONConverter({ configuration: new JSONConfiguration({ classes: { BimTilesLayer } }) });

/** A scene, and what its layers need: each model's paint, whose spaces are shown, who hears of a tile that does not come. */
export interface SceneOfModels {
  scene: SceneJson;
  paintOf: (model: string) => ModelPaint;
  shows: (model: string) => boolean;
  onTileError: (message: string) => void;
}

/**
 * Layers of a scene, each model with its paint.
 *
 * Spaces are left out unless `shows` says so: a layer that is not there loads nothing. A layer of an unknown kind is
 * refused: an empty place on the map would be a loss in silence.
 */
export function sceneLayers({ scene, paintOf, shows, onTileError }: SceneOfModels): BimTilesLayer[] {
  const wanted = scene.layers.filter((json) => json["spaces"] !== true || shows(String(json["model"])));
  const unknown = wanted.find((json) => json["@@type"] !== "BimTilesLayer");
  if (unknown) throw new Error(`scene: no layer "${String(unknown["@@type"])}"`);
  const { layers } = converter.convert({ layers: wanted }) as { layers: (BimTilesLayer | null)[] };
  return layers.filter((layer) => layer !== null).map((layer) => layer.clone({
    visible: true, pickable: true, beforeId: MODELS, paint: paintOf(layer.props.model),
    loadOptions: { tileset: { maximumMemoryUsage: 256, maximumScreenSpaceError: 6 } },
    onTileError: (_tile: unknown, message: string, url: string) => onTileError(`${message} (${url})`),
  } as never) as BimTilesLayer);
}
