/** Colours the elements of all models by what is known on a day: bytes from the server, colours from its legend. */

import { api } from "../api";
import type { Store } from "../store";
import type { Legend } from "../types";
import { MATERIAL, type ModelPaint, type Rgba } from "./paint";

/** How much of a colour hides the material; of what has no data, the material shows through. */
const [COVER, VEIL] = [255, 130];

/** Index of a state column → colour. */
export function palette(legend: Legend): Rgba[] {
  const found: Rgba[] = [];
  for (const { index, colour } of legend.entries) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
    found[index] = [r, g, b, index ? COVER : VEIL];
  }
  return Array.from(found, (known) => known ?? [0, 0, 0, MATERIAL]);
}

export class Colouring {
  private turn = 0;
  /** What each model is painted by. */
  private readonly done = new WeakMap<ModelPaint, string>();

  constructor(private readonly store: Store, private readonly failed: (error: Error) => void) {}

  /** Paint every model anew; an answer that comes after a newer question is left. */
  async paint(paints: readonly ModelPaint[], repaint: () => void): Promise<void> {
    const turn = ++this.turn;
    const { by, language, asOf, knownAt } = this.store.state;
    const key = JSON.stringify([by, asOf, knownAt]);
    const stale = paints.filter((paint) => this.done.get(paint) !== key && (by || this.done.has(paint)));
    if (!stale.length) return;
    if (!by) {
      for (const paint of stale) paint.reset();
      for (const paint of stale) this.done.delete(paint);
      return repaint();
    }
    try {
      const colours = palette(await this.store.cache.legend(by).promise);
      const { features } = await this.store.cache.projects().promise;
      const known = new Set(features.flatMap(({ properties }) => properties.models));
      await Promise.all(stale.map(async (paint) => {
        // a project that was not known by then has no data
        const states = known.has(paint.model) ? await api.states(paint.model, by, { asOf, knownAt }, language) : new Uint8Array();
        if (turn !== this.turn) return;
        paint.apply(states, colours);
        this.done.set(paint, key);
      }));
      repaint();
    } catch (error) {
      if (turn === this.turn) this.failed(error as Error);
    }
  }
}
