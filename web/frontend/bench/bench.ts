/**
 * A bare page for the benchmark (tests/bench/page.py): the same tilesets under the same camera, drawn by deck.gl's own
 * Tile3DLayer and by the page's BimTilesLayer. Not part of what is shipped.
 */

import { Deck, MapView, type Layer } from "@deck.gl/core";
import { Tile3DLayer } from "@deck.gl/geo-layers";

import type { Device } from "@luma.gl/core";

import { look, LOOKS } from "../src/bim/look";
import { ModelPaint } from "../src/bim/paint";
import { BimTilesLayer } from "../src/bim/tiles-layer";

/** moving: what the page draws while the camera of a slow machine moves. */
export type Mode = "empty" | "stock" | "moving" | "plain" | "edges";

interface Tileset {
  url: string;
  model: string;
}

interface Camera {
  longitude: number;
  latitude: number;
  zoom: number;
  pitch: number;
  /** Metres above the ellipsoid that the camera looks at: both layers draw at true heights here. */
  height: number;
}

interface Measured {
  /** Milliseconds of each frame of a mode: traversal, draw calls, and the wait for the pixels. */
  frames: Record<string, number[]>;
  /** Tiles on the screen. */
  tiles: number;
  errors: string[];
}

interface Inner {
  _onRenderFrame: () => void;
  layerManager: { getLayers: () => Layer[] };
  device: { gl: WebGL2RenderingContext };
}

const errors: string[] = [];
const options = { tileset: { maximumMemoryUsage: 512, maximumScreenSpaceError: 6 } };
let deck: Deck<MapView> | null = null;

function layersOf(mode: Mode, tilesets: Tileset[]): Layer[] {
  const onTileError = (_tile: unknown, message: string, url: string): void => { errors.push(`${message} ${url}`); };
  if (mode === "empty") return [];
  if (mode === "stock") return tilesets.map(({ url }) => new Tile3DLayer({ id: `stock-${url}`, data: url, loadOptions: options, onTileError }) as Layer);
  return tilesets.map(({ url, model }) => new BimTilesLayer({ id: `bim-${url}`, data: url, model, groundHeight: 0, loadOptions: options, onTileError } as never) as unknown as Layer);
}

function tilesetsOf(layers: Layer[]): { isLoaded: () => boolean; tiles: { selected: boolean }[] }[] {
  return layers.map((layer) => (layer.state as { tileset3d?: never } | undefined)?.tileset3d).filter((found) => found !== undefined);
}

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

function dress(mode: Mode): void {
  Object.assign(look, LOOKS.light);
  if (mode !== "edges") look.lineColor = [0, 0, 0, 0];
  look.brief = mode === "moving";
}

/** Modes of one kind of layers (the stock layer's or ours) take turns, frame by frame: what else the machine does hits all alike. */
async function measure(modes: Mode[], tilesets: Tileset[], camera: Camera, count: number): Promise<Measured> {
  errors.length = 0;
  const layers = layersOf(modes[0] ?? "empty", tilesets);
  const viewState = (bearing: number) => ({ longitude: camera.longitude, latitude: camera.latitude, zoom: camera.zoom, pitch: camera.pitch, bearing, position: [0, 0, camera.height], maxZoom: 24, maxPitch: 85 });
  deck ??= await started();
  const inner = deck as unknown as Inner;
  const one = new Uint8Array(4);
  const draw = (bearing: number): number => {
    const start = performance.now();
    (deck as Deck<MapView>).setProps({ viewState: viewState(bearing) as never });
    inner._onRenderFrame();
    inner.device.gl.readPixels(0, 0, 1, 1, 0x1908, 0x1401, one);
    return performance.now() - start;
  };
  deck.setProps({ layers, viewState: viewState(0) as never });
  // Turn around until every tile of every direction is there, in every mode.
  for (let calm = 0, turns = 0; calm < 4 * modes.length && turns < 2000; turns++) {
    dress(modes[calm % modes.length] as Mode);
    draw((Math.floor(calm / modes.length) * 360) / 4 + turns / 1e3);
    for (let i = 0; i < 3; i++) await frame();
    const found = tilesetsOf(layers);
    calm = found.length === layers.length && layers.every((layer) => layer.isLoaded) ? calm + 1 : 0;
  }
  const frames = Object.fromEntries(modes.map((mode) => [mode, [] as number[]]));
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < modes.length; k++) {
      const mode = modes[(i + k) % modes.length] as Mode;
      await frame();
      dress(mode);
      frames[mode]?.push(draw((i * 360) / count + k / 1e3)); // where nothing changes nothing is drawn
    }
  }
  const tiles = tilesetsOf(layers).reduce((sum, { tiles: all }) => sum + all.filter((tile) => tile.selected).length, 0);
  return { frames, tiles, errors: [...errors] };
}

/** Milliseconds of script from a model's state bytes to the texture that colours it, and how many bytes and rows those are. */
async function recolour(states: string, rounds: number): Promise<{ times: number[]; bytes: number }> {
  deck ??= await started();
  const { device } = deck as unknown as { device: Device };
  const bytes = new Uint8Array(await (await fetch(states)).arrayBuffer());
  const paint = new ModelPaint("bench", bytes.length);
  const texture = paint.texture(device);
  texture.current();
  const times = Array.from({ length: rounds }, (_, round) => {
    const start = performance.now();
    paint.apply(bytes, Array.from({ length: 16 }, (_unused, i) => [i * 16, round * 8, 0, 255] as const));
    texture.current();
    return performance.now() - start;
  });
  texture.destroy();
  return { times, bytes: bytes.length };
}

function started(): Promise<Deck<MapView>> {
  const canvas = document.getElementById("deck") as HTMLCanvasElement;
  return new Promise((resolve) => {
    const made: Deck<MapView> = new Deck({
      canvas, views: new MapView({ id: "map", nearZMultiplier: 0.02, farZMultiplier: 4 }), viewState: { longitude: 0, latitude: 0, zoom: 1 } as never, layers: [], useDevicePixels: 1,
      onError: (error: Error) => { errors.push(error.message); }, onLoad: () => resolve(made),
    });
  });
}

Object.assign(window, { measure, recolour });
