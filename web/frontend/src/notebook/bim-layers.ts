/**
 * The page's BIM layer for pydeck's own HTML: `bim-layers.js`, loaded from a running server (`pydeck.settings.custom_libraries`).
 *
 * deck.gl and luma.gl are those of the notebook (see vite.notebook.config.ts); only what is ours is in the file.
 */

import type { UpdateParameters } from "@deck.gl/core";

import { content } from "../api";
import type { ModelPaint, Rgba } from "../bim/paint";
import { BimTilesLayer as TilesLayer } from "../bim/tiles-layer";

interface Coloured {
  /** Address of one byte per feature row; null: elements have the colours of their materials. */
  states?: string | null;
  /** Index of a state → red, green, blue, and how much of it hides the material; 0 to 255. */
  palette?: Rgba[];
}

class BimTilesLayer extends TilesLayer {
  static override layerName = "BimTilesLayer";
  static override defaultProps = {
    ...(TilesLayer as unknown as { defaultProps: object }).defaultProps,
    states: { type: "object", value: null, compare: true, optional: true },
    palette: { type: "object", value: [], compare: false },
  } as never;

  override updateState(params: UpdateParameters<this>): void {
    super.updateState(params);
    const [now, before] = [params.props as unknown as Coloured, params.oldProps as unknown as Coloured];
    if (now.states && now.states !== before.states) void this.colour(now.states, now.palette ?? []);
  }

  private async colour(states: string, palette: Rgba[]): Promise<void> {
    try {
      const bytes = new Uint8Array(await content(states));
      const paint = (this.state as unknown as { paint?: ModelPaint } | undefined)?.paint;
      if (!paint || (this.props as unknown as Coloured).states !== states) return;
      paint.apply(bytes, palette);
      this.setNeedsRedraw();
    } catch (error) {
      this.raiseError(error as Error, "states");
    }
  }
}

// What pydeck looks for: an object of classes under the library's name.
Object.assign(window, { BimLayers: { BimTilesLayer } });
