/**
 * Points of models under the pointer, in true metres: joins the layers, their tiles' glb files and `raycast.ts`.
 *
 * The controller makes one `Survey`, and calls `await survey.point(pick, x, y)` with what `CityMap.pick(x, y)` gave:
 * the point that is meant there, or null. The glb comes from the browser's cache; the last few elements are kept.
 */

import type { Viewport } from "@deck.gl/core";
import { Matrix4 } from "@math.gl/core";

import { parseGlb, type Glb } from "./glb";
import type { MeasuredPoint, Vec3 } from "./measure";
import { planeFrom } from "./plane";
import { pointOf, trianglesOf, type Clip, type LocalView, type RowMesh } from "./raycast";
import { commonSection } from "./section";
import type { BimPick, TileOfRow } from "./tiles-layer";

/** What is needed of a `BimTilesLayer`. */
export interface Surveyed {
  readonly props: { readonly model: string; readonly paint: { readonly below: boolean } | null };
  tileOfRow: (row: number) => TileOfRow | null;
}

/** glTF (y up) from `local` (z up). */
const Y_UP = new Matrix4([1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
const KEPT = { tiles: 3, rows: 24 };

export class Survey {
  private readonly tiles = new Map<string, Promise<Glb>>();
  private readonly rows = new Map<string, Promise<RowMesh | null>>();

  /** layers: what is drawn now, in which view; bytes: the content at a tile's URL. */
  constructor(private readonly layers: () => readonly Surveyed[], private readonly viewport: () => Viewport | undefined, private readonly bytes: (url: string) => Promise<ArrayBuffer>) {}

  /** The point of a picked element that a pixel (from the map's top left) means: a corner, an edge or a face. */
  async point(pick: BimPick, x: number, y: number): Promise<MeasuredPoint | null> {
    const found = this.find(pick);
    if (!found) return null;
    const { tile, viewport, below } = found;
    // All of the view is taken now: the camera may move while the tile is read.
    const { view, common } = localView(viewport, tile, below);
    const mesh = await this.mesh(tile.url, pick.row);
    const hit = mesh && pointOf(mesh, view, x, y);
    if (!hit) return null;
    const place = viewport.unprojectPosition(common.transformAsPoint([...hit.point]) as number[]) as [number, number, number];
    const { model, project, row, globalId } = pick;
    const ecefFromLocal = [...new Matrix4(tile.ecefFromGltf).multiplyRight(Y_UP)];
    return { model, project, row, globalId, local: hit.point, ecefFromLocal, place, snap: hit.snap, exact: tile.exact };
  }

  /** The pixel of a place in the newest frame; null before there is one. */
  projector(): ((place: Vec3) => { x: number; y: number; w: number }) | null {
    const viewport = this.viewport();
    if (!viewport) return null;
    const { viewProjectionMatrix: m, width, height } = viewport;
    return (place) => {
      const [a = 0, b = 0, c = 0] = viewport.projectPosition([...place]);
      const at = (k: number): number => (m[k] ?? 0) * a + (m[k + 4] ?? 0) * b + (m[k + 8] ?? 0) * c + (m[k + 12] ?? 0);
      const w = at(3);
      return { x: ((at(0) / w + 1) / 2) * width, y: ((1 - at(1) / w) / 2) * height, w };
    };
  }

  private find({ model, row }: BimPick): { tile: TileOfRow; viewport: Viewport; below: boolean } | null {
    const viewport = this.viewport();
    for (const layer of this.layers()) {
      const tile = layer.props.model === model ? layer.tileOfRow(row) : null;
      if (tile && viewport) return { tile, viewport, below: layer.props.paint?.below ?? false };
    }
    return null;
  }

  private mesh(url: string, row: number): Promise<RowMesh | null> {
    return kept(this.rows, `${row} ${url}`, KEPT.rows, async () => {
      const glb = await kept(this.tiles, url, KEPT.tiles, async () => parseGlb(await this.bytes(url)));
      return trianglesOf(glb, row);
    });
  }
}

/** What was asked lately; what failed is asked again. */
function kept<T>(known: Map<string, Promise<T>>, key: string, most: number, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.delete(key);
  known.set(key, found);
  found.catch(() => known.delete(key));
  for (const old of known.keys()) if (known.size > most) known.delete(old);
  return found;
}

/** A view in the model's own metres, and the matrix of deck.gl's common space from them. */
function localView(viewport: Viewport, tile: TileOfRow, below: boolean): { view: LocalView; common: Matrix4 } {
  const units = viewport.getDistanceScales(tile.origin).unitsPerMeter as [number, number, number];
  const enu = new Matrix4(tile.enuFromGltf).multiplyRight(Y_UP);
  const common = new Matrix4().translate(viewport.projectPosition(tile.origin) as [number, number, number]).scale(units).multiplyRight(enu);
  const clipFromLocal = new Matrix4(viewport.viewProjectionMatrix).multiplyRight(common);
  const eye = new Matrix4(common).invert().transformAsPoint(viewport.cameraPosition) as unknown as Vec3;
  const clips: Clip[] = [];
  const section = commonSection(viewport as never, tile.origin);
  if (section) clips.push(planeFrom(section, common));
  if (!below) clips.push(planeFrom([0, 0, -1, -0.03 - (tile.origin[2] ?? 0)], enu));
  return { view: { clipFromLocal, eye, width: viewport.width, height: viewport.height, clips }, common };
}
