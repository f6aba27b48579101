/**
 * The loader that deck.gl's tile traversal uses: tileset.json as loaders.gl reads it, contents as `glb.ts` does.
 *
 * It also lowers the tileset by the model's ground height: tiles keep true heights, the map is flat.
 */

import { Tiles3DLoader } from "@loaders.gl/3d-tiles";
import type { LoaderContext } from "@loaders.gl/loader-utils";

import { bakeContent, type BimContent } from "./content";
import { parseGlb } from "./glb";

/** What a tile holds once it is loaded; loaders.gl adds the place (see `calculateTransformProps`). */
export interface TileContent {
  readonly shape: "tile3d";
  readonly type: "glTF";
  readonly bim: BimContent;
  readonly rotateYtoZ: true;
  readonly gltfUpAxis: "Y";
  readonly gpuMemoryUsageInBytes: number;
}

export interface RootJson {
  transform?: number[];
  boundingVolume?: { region?: number[] };
}

export function bimTilesLoader(groundHeight: number) {
  const loader = {
    ...Tiles3DLoader,
    parse: async (data: ArrayBuffer, options: Record<string, unknown> = {}, context?: LoaderContext): Promise<unknown> => {
      if (new Uint8Array(data, 0, Math.min(4, data.byteLength)).join() === "103,108,84,70") return tileContent(data);
      const tileset = (await Tiles3DLoader.parse(lowered(data, groundHeight), options as never, context)) as object;
      return { ...tileset, loader };
    },
  };
  return loader;
}

function tileContent(data: ArrayBuffer): TileContent {
  const bim = bakeContent(parseGlb(data));
  return { shape: "tile3d", type: "glTF", bim, rotateYtoZ: true, gltfUpAxis: "Y", gpuMemoryUsageInBytes: bim.byteLength };
}

function lowered(data: ArrayBuffer, groundHeight: number): ArrayBuffer {
  const document = JSON.parse(new TextDecoder().decode(data)) as { root: RootJson };
  lower(document.root, groundHeight);
  return new TextEncoder().encode(JSON.stringify(document)).buffer as ArrayBuffer;
}

/** Move a root tile down by `metres` along the ellipsoid's normal at its place. Changes `root`. */
export function lower(root: RootJson, metres: number): void {
  const region = root.boundingVolume?.region;
  if (region) root.boundingVolume = { ...root.boundingVolume, region: region.map((v, i) => (i > 3 ? v - metres : v)) };
  const m = root.transform;
  if (!m || !metres) return;
  const up = ellipsoidNormal(m[12] ?? 0, m[13] ?? 0, m[14] ?? 0);
  root.transform = m.map((v, i) => (i > 11 && i < 15 ? v - metres * (up[i - 12] ?? 0) : v));
}

/** The outward normal of the WGS 84 ellipsoid below an ECEF point near its surface. */
export function ellipsoidNormal(x: number, y: number, z: number): [number, number, number] {
  const [a2, b2] = [6378137 ** 2, 6356752.314245179 ** 2];
  // Bowring's latitude: exact to far below a millimetre within 10 km of the surface.
  const p = Math.hypot(x, y);
  const [a, b] = [Math.sqrt(a2), Math.sqrt(b2)];
  const theta = Math.atan2(z * a, p * b);
  const latitude = Math.atan2(z + ((a2 - b2) / b) * Math.sin(theta) ** 3, p - ((a2 - b2) / a) * Math.cos(theta) ** 3);
  const longitude = Math.atan2(y, x);
  return [Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude)];
}
