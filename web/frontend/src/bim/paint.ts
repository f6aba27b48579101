/**
 * How the features of one model are painted: one RGBA texel per feature row, and which rows are hovered and selected.
 *
 * Alpha 0 hides a feature; else its low seven bits are 1 for the colour of the material, 2 to 127 for how much of the
 * texel's colour covers it, and its high bit makes the feature a ghost: seen through, clicked through.
 * A recolouring or another choice of what is shown changes these bytes and nothing else: no tile is touched.
 *
 * The controller calls `apply` and `reset` (colours), `show` (what is shown, from `visibleRows`), and sets `hoverRow`,
 * `selectedRow` and `below`, `lift` while a clash is looked at; then it asks the map for a repaint.
 */

import type { Device, Texture } from "@luma.gl/core";

export const MATERIAL = 1;
const GHOST_BIT = 0x80000000;

/** What becomes of a feature; one byte per row. */
export const SHOWN = 0;
export const GHOST = 1;
export const HIDDEN = 2;

/** 0 to 255 each; the opacity 0 hides and 1 keeps the material. */
export type Rgba = readonly [number, number, number, number];

/** Feature row → its colour. */
export type Lifted = ReadonlyMap<number, Rgba> | null;

const WIDTH = 1024;

export class ModelPaint {
  hoverRow = -1;
  selectedRow = -1;
  /** Draw what lies below the ground? */
  below = false;
  /** Is nothing hidden? */
  whole = true;
  /** Is anything a ghost? */
  get ghostly(): boolean {
    return this.lifted !== null || this.ghosts;
  }

  /** Colours as if everything were shown, and what the GPU gets. */
  private colours = new Uint32Array(WIDTH);
  private texels = new Uint32Array(WIDTH);
  private shown: Uint8Array | null = null;
  private ghosts = false;
  private states: Uint8Array | null = null;
  /** See `lift`. */
  lifted: Lifted = null;
  private version = 0;

  constructor(readonly model: string, rows = 0) {
    this.reset();
    this.ensure(rows);
  }

  get height(): number {
    return this.texels.length / WIDTH;
  }

  /** Make room for `rows` features; new ones keep their material. */
  ensure(rows: number): void {
    const height = Math.max(1, Math.ceil(rows / WIDTH));
    if (height <= this.height) return;
    const grown = new Uint32Array(height * WIDTH).fill(PLAIN);
    grown.set(this.colours);
    this.colours = grown;
    this.texels = new Uint32Array(grown.length);
    this.compose();
  }

  /** Every feature in the colour of its material. */
  reset(): void {
    this.states = null;
    this.colours.fill(PLAIN);
    this.compose();
  }

  /** Paint row i with `palette[states[i]]`; one byte per row is what the server sends. Other rows get their material. */
  apply(states: Uint8Array, palette: readonly Rgba[]): void {
    this.ensure(states.length);
    this.states = states;
    const packed = palette.map(texel);
    const { colours } = this;
    for (let row = 0; row < states.length; row++) colours[row] = packed[states[row] as number] ?? PLAIN;
    colours.fill(PLAIN, states.length);
    this.compose();
  }

  /** Which of the palette's colours a row has; null while it has its material. */
  indexOf(row: number): number | null {
    return this.states?.[row] ?? null;
  }

  /** Show, ghost or hide: a byte per row (SHOWN, GHOST, HIDDEN); null and rows beyond: shown. */
  show(shown: Uint8Array | null): void {
    if (shown) this.ensure(shown.length);
    this.shown = shown;
    this.whole = !shown?.includes(HIDDEN);
    this.ghosts = Boolean(shown?.includes(GHOST));
    this.compose();
  }

  /** These rows in a colour of their own, whatever hides them, and all others as ghosts; null: as `show` and `apply` said. */
  lift(rows: Lifted): void {
    if (!rows && !this.lifted) return;
    this.lifted = rows;
    if (rows) this.ensure(Math.max(-1, ...rows.keys()) + 1);
    this.compose();
  }

  /** SHOWN, GHOST or HIDDEN. */
  stateOf(row: number): number {
    const state = this.shown?.[row] ?? SHOWN;
    if (!this.lifted) return state;
    return this.lifted.has(row) ? SHOWN : state === HIDDEN ? HIDDEN : GHOST;
  }

  private compose(): void {
    const { colours, texels, shown } = this;
    texels.set(colours);
    if (shown) {
      for (let row = 0; row < shown.length; row++) {
        if (shown[row] === GHOST) texels[row] = (colours[row] as number) | GHOST_BIT;
        else if (shown[row] === HIDDEN) texels[row] = 0;
      }
    }
    if (this.lifted) {
      for (let row = 0; row < texels.length; row++) if (texels[row]) texels[row] = (colours[row] as number) | GHOST_BIT;
      for (const [row, colour] of this.lifted) texels[row] = texel(colour);
    }
    this.version++;
  }

  /** A texture that follows these bytes; its owner destroys it. */
  texture(device: Device): PaintTexture {
    return new PaintTexture(device, this);
  }

  snapshot(): { bytes: Uint8Array; height: number; version: number } {
    return { bytes: new Uint8Array(this.texels.buffer), height: this.height, version: this.version };
  }
}

/** Little-endian: red first. An opacity of 255 becomes 127: the high bit is the ghosts'. */
function texel([r, g, b, a]: Rgba): number {
  const strength = a < 2 ? a : Math.max(2, Math.round(a / 255 * 126) + 1);
  return (r | (g << 8) | (b << 16) | (strength << 24)) >>> 0;
}

const PLAIN = texel([0, 0, 0, MATERIAL]);

export class PaintTexture {
  private gpu: Texture | null = null;
  private version = -1;

  constructor(private readonly device: Device, private readonly paint: ModelPaint) {}

  /** The texture with the newest bytes in it. */
  current(): Texture {
    const { bytes, height, version } = this.paint.snapshot();
    if (this.gpu && this.gpu.height === height) {
      if (version !== this.version) this.gpu.writeData(bytes, { width: WIDTH, height });
    } else {
      this.gpu?.destroy();
      this.gpu = this.device.createTexture({
        id: `paint-${this.paint.model}`, format: "rgba8unorm", width: WIDTH, height, data: bytes,
        sampler: { minFilter: "nearest", magFilter: "nearest" },
      });
    }
    this.version = version;
    return this.gpu;
  }

  destroy(): void {
    this.gpu?.destroy();
    this.gpu = null;
  }
}
