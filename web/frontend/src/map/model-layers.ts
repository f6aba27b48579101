/** The layers of the models near the view: made, kept for a while, dropped (see near.ts). */

import type { BimTilesLayer } from "../bim/tiles-layer";
import type { Bounds } from "../types";
import type { View } from "../url";
import { Near, type Screen } from "./near";

/** While the camera moves, milliseconds between two looks. */
const PAUSE = 300;

export class ModelLayers {
  /** Those that exist. */
  layers: BimTilesLayer[] = [];

  private all: BimTilesLayer[] = [];
  private readonly near = new Near();
  private looked = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: () => View, private readonly screen: () => Screen, private readonly changed: () => void) {}

  set(all: BimTilesLayer[]): void {
    this.all = all;
    this.layers = this.chosen();
  }

  /** See what is near now; at most every few frames unless it is `due`. */
  look(due = false): void {
    const now = performance.now();
    if (!due && now - this.looked < PAUSE) return;
    const before = this.layers;
    this.layers = this.chosen();
    if (before.length !== this.layers.length || before.some((layer, i) => layer !== this.layers[i])) this.changed();
  }

  destroy(): void {
    clearTimeout(this.timer);
  }

  private chosen(): BimTilesLayer[] {
    const now = (this.looked = performance.now());
    const places = new Map<string, Bounds>();
    for (const { props } of this.all) if (props.bounds) places.set(props.model, props.bounds as Bounds);
    const ids = this.near.look(places, this.view(), this.screen(), (model) => this.bytes(model), now);
    clearTimeout(this.timer);
    if (this.near.again !== null) this.timer = setTimeout(() => this.look(true), this.near.again);
    const wanted = (layer: BimTilesLayer): boolean => !layer.props.bounds || ids.has(layer.props.model);
    // A layer that deck.gl takes down cannot be put up again, and holds on to what it had: a copy takes its place.
    const leaving = new Set(this.layers.filter((layer) => !wanted(layer)));
    this.all = this.all.map((layer) => (leaving.has(layer) ? (layer.clone({}) as BimTilesLayer) : layer));
    return this.all.filter(wanted);
  }

  private bytes(model: string): number {
    return this.layers.filter((layer) => layer.props.model === model).reduce((sum, layer) => sum + layer.bytes, 0);
  }
}
