/**
 * How the features of one model are painted: one RGBA texel per feature row, and which rows are hovered and selected.
 *
 * Alpha 0 hides a feature, 1 keeps the colour of its material, anything else paints the texel's colour over it.
 * A recolouring changes these bytes and nothing else: no tile is touched.
 */

import type { Device, Texture } from "@luma.gl/core";

export const HIDDEN = 0;
export const MATERIAL = 1;

/** 0 to 255 each. */
export type Rgba = readonly [number, number, number, number];

const WIDTH = 1024;

export class ModelPaint {
  hoverRow = -1;
  selectedRow = -1;
  /** Draw what lies below the ground? */
  below = false;

  private bytes = new Uint8Array(WIDTH * 4);
  private version = 0;

  constructor(readonly model: string, rows = 0) {
    this.reset();
    this.ensure(rows);
  }

  get height(): number {
    return this.bytes.length / (WIDTH * 4);
  }

  /** Make room for `rows` features; new ones keep their material. */
  ensure(rows: number): void {
    const height = Math.max(1, Math.ceil(rows / WIDTH));
    if (height <= this.height) return;
    const grown = new Uint8Array(height * WIDTH * 4);
    grown.set(this.bytes);
    for (let i = this.bytes.length + 3; i < grown.length; i += 4) grown[i] = MATERIAL;
    this.bytes = grown;
    this.version++;
  }

  /** Every feature in the colour of its material. */
  reset(): void {
    this.texels().fill(packed([0, 0, 0, MATERIAL]));
    this.version++;
  }

  /** Paint row i with `palette[states[i]]`; one byte per row is what the server sends. Other rows get their material. */
  apply(states: Uint8Array, palette: readonly Rgba[]): void {
    this.ensure(states.length);
    this.reset();
    const colours = palette.map(packed);
    const material = packed([0, 0, 0, MATERIAL]);
    const texels = this.texels();
    for (let row = 0; row < states.length; row++) texels[row] = colours[states[row] as number] ?? material;
  }

  private texels(): Uint32Array {
    return new Uint32Array(this.bytes.buffer);
  }

  /** A texture that follows these bytes; its owner destroys it. */
  texture(device: Device): PaintTexture {
    return new PaintTexture(device, this);
  }

  snapshot(): { bytes: Uint8Array; height: number; version: number } {
    return { bytes: this.bytes, height: this.height, version: this.version };
  }
}

/** Little-endian: red first. */
function packed([r, g, b, a]: Rgba): number {
  return (r | (g << 8) | (b << 16) | (a << 24)) >>> 0;
}

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
