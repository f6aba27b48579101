/** What is drawn when all models are: a model that is drawn later would cover it. */

import { Layer } from "@deck.gl/core";

const waiting: (() => void)[] = [];

/** Draw at the end of this frame, in the same pass. */
export function late(draw: () => void): void {
  waiting.push(draw);
}

/** The last layer of all. */
export class LateLayer extends Layer {
  static override layerName = "LateLayer";

  override initializeState(): void {
    // it has nothing of its own
  }

  override draw(): void {
    for (const draw of waiting.splice(0)) draw();
  }
}
