/**
 * A model's tileset as a deck.gl layer: loaders.gl decides which tiles, `BimMeshLayer` draws them.
 *
 * Differences from deck.gl's Tile3DLayer: a pick answers with the feature's row and GlobalId (the stock layer knows no
 * features of glTF content); translucent surfaces are drawn after all solids of the model; the tileset is lowered by its
 * ground height; a pick asks only tiles that can lie under the pointer.
 */

import type { FilterContext, GetPickingInfoParams, Layer, LayerContext, LayersList, PickingInfo, UpdateParameters } from "@deck.gl/core";
import { Tile3DLayer } from "@deck.gl/geo-layers";
import type { Matrix4 } from "@math.gl/core";

import type { BimContent } from "./content";
import { bimTilesLoader } from "./loader";
import { BimMeshLayer, type DrawnTile } from "./mesh-layer";
import { ModelPaint, type PaintTexture } from "./paint";

export interface BimTilesLayerProps {
  id: string;
  data: string;
  model: string;
  project: string;
  groundHeight: number;
  spaces: boolean;
  /** West, south, east, north in degrees: where the model stands; null: unknown, always drawn. */
  bounds?: readonly [number, number, number, number] | null;
  visible?: boolean;
  pickable?: boolean;
  paint: ModelPaint | null;
  onTileError: (tile: unknown, message: string, url: string) => void;
}

/** What is under the pointer. */
export interface BimPick {
  readonly model: string;
  readonly project: string;
  readonly row: number;
  readonly globalId: string;
  readonly ifcClass: string;
  readonly storey: string;
}

/** The tile that draws a row: where its glb is, and where it stands (matrices (16), column-major; the glTF's frame is y up). */
export interface TileOfRow {
  readonly url: string;
  /** Not simplified. */
  readonly exact: boolean;
  readonly ecefFromGltf: Matrix4;
  readonly enuFromGltf: Matrix4;
  /** Longitude, latitude and metres above the map's ground of the east-north-up frame's zero. */
  readonly origin: [number, number, number];
}

interface Painted {
  paint: ModelPaint;
  paintTexture: PaintTexture;
  /** The tileset whose first traversal was asked for. */
  started?: unknown;
}

/** More of a loaders.gl tile. */
interface TileFacts {
  contentUrl: string;
  lodMetricValue: number;
  content: (DrawnTile["content"] & { cartesianModelMatrix: Matrix4 }) | null;
}

interface TileCache {
  tile: DrawnTile;
  layers?: Layer[];
  needsUpdate?: boolean;
}

const defaultProps = {
  ...(Tile3DLayer as unknown as { defaultProps: object }).defaultProps,
  model: "",
  project: "",
  groundHeight: 0,
  spaces: false,
  bounds: { type: "object", value: null, compare: false, optional: true },
  paint: { type: "object", value: null, compare: false, optional: true },
  pickable: true,
};

export class BimTilesLayer extends Tile3DLayer<unknown, BimTilesLayerProps> {
  static override layerName = "BimTilesLayer";
  static override defaultProps = defaultProps as never;

  constructor(...props: Partial<BimTilesLayerProps>[]) {
    super(...([...props, { loader: bimTilesLoader(Number(Object.assign({}, ...props).groundHeight ?? 0)) }] as never[]));
  }

  /** deck.gl makes a new layer object for every change and hands the state on: what lives on the GPU lives here. */
  private get painted(): Painted {
    return this.state as unknown as Painted;
  }

  override initializeState(): void {
    super.initializeState();
    // Also without a page around it (a notebook's scene) a model is painted in its materials.
    const paint = this.props.paint ?? new ModelPaint(this.props.model);
    Object.assign(this.state, { paint, paintTexture: paint.texture(this.context.device) });
  }

  override updateState(params: UpdateParameters<this>): void {
    const { paint } = params.props;
    if (paint && paint !== this.painted.paint) {
      this.painted.paintTexture.destroy();
      Object.assign(this.state, { paint, paintTexture: paint.texture(this.context.device) });
    }
    super.updateState(params);
    this.startTraversal();
  }

  /**
   * The stock layer forgets a view that came before the tileset did, and then draws nothing until the camera moves.
   * So the first traversal of a tileset is started here with the view that was there.
   */
  private startTraversal(): void {
    const { tileset3d, lastUpdatedViewports } = this.state;
    if (!tileset3d || tileset3d === this.painted.started || !lastUpdatedViewports) return;
    this.painted.started = tileset3d;
    void tileset3d.selectTiles(Object.values(lastUpdatedViewports)).then((frameNumber) => { if (this.state?.tileset3d) this.setState({ frameNumber }); });
  }

  override finalizeState(context: LayerContext): void {
    this.painted.paintTexture.destroy();
    this.painted.started = undefined; // or the tileset would live as long as somebody knows this layer
    super.finalizeState(context);
  }

  override renderLayers(): LayersList {
    const { tileset3d } = this.state;
    const cache = this.state.layerMap as Record<string, TileCache>;
    if (!tileset3d) return [];
    const solids: Layer[] = [];
    const glass: Layer[] = [];
    for (const tile of tileset3d.tiles as unknown as DrawnTile[]) {
      const entry = (cache[tile.id] ??= { tile });
      if (tile.selected && tile.content && (!entry.layers || entry.needsUpdate)) {
        entry.layers = this.tileLayers(tile);
        entry.needsUpdate = false;
      }
      for (const layer of entry.layers ?? []) ((layer as BimMeshLayer).props.translucent ? glass : solids).push(layer);
    }
    return [...solids, ...glass];
  }

  private tileLayers(tile: DrawnTile): Layer[] {
    const { paint, paintTexture } = this.painted;
    const { bim } = tile.content as NonNullable<DrawnTile["content"]>;
    if (!bim.batches.length) tile.tileDrawn = true; // nothing to wait for
    paint.ensure(bim.features.rows.reduce((most, row) => Math.max(most, row + 1), 0));
    return [false, true].filter((t) => bim.batches.some((batch) => batch.translucent === t)).map((translucent) => new BimMeshLayer(
      this.getSubLayerProps({ id: `${translucent ? "glass" : "solid"}-${tile.id}` }),
      // deck.gl pulls each layer nearer than the one before, by metres when there are dozens: tiles hide each other as they stand.
      { tile, paint, paintTexture, translucent, casts: !this.props.spaces, data: [], getPolygonOffset: () => [0, 0] } as never,
    ));
  }

  override filterSubLayer({ layer, viewport, isPicking, cullRect }: FilterContext): boolean {
    const { tile } = (layer as BimMeshLayer).props;
    if (!tile.selected || !tile.content || !tile.viewportIds.includes(viewport.id)) return false;
    if (!isPicking || !cullRect) return true;
    return canLieUnder(viewport as unknown as CameraOf, tile.content, cullRect);
  }

  override getPickingInfo(params: GetPickingInfoParams): PickingInfo & { bim?: BimPick } {
    const info = super.getPickingInfo(params) as PickingInfo & { bim?: BimPick };
    const tile = (params.sourceLayer as BimMeshLayer | undefined)?.props.tile;
    if (!info.picked || !tile?.content) return info;
    const { features } = tile.content.bim;
    const feature = features.featureOfRow(info.index);
    const text = (property: "global_id" | "ifc_class" | "storey"): string => features.text(feature, property);
    info.bim = {
      model: this.props.model, project: this.props.project, row: info.index, globalId: text("global_id"), ifcClass: text("ifc_class"), storey: text("storey"),
    };
    return info;
  }

  /** What its tiles hold on the GPU and beside it, bytes. */
  get bytes(): number {
    return this.state?.tileset3d?.gpuMemoryUsageInBytes ?? 0;
  }

  /** The box of a row in the loaded tiles: degrees and metres above the map's ground; null when no tile holds it. */
  rowBounds(row: number): { center: [number, number, number]; radius: number } | null {
    const tileset = this.state?.tileset3d;
    for (const tile of (tileset?.tiles ?? []) as unknown as DrawnTile[]) {
      const found = tile.selected && tile.content ? rowBox(tile.content.bim, row) : null;
      if (found && tile.content) return placed(found, tile.content);
    }
    return null;
  }

  /** The tile on the screen that draws a row, the finest one; null when none does. */
  tileOfRow(row: number): TileOfRow | null {
    let best: TileOfRow | null = null;
    for (const tile of (this.state?.tileset3d?.tiles ?? []) as unknown as (DrawnTile & TileFacts)[]) {
      const { content } = tile;
      if (!tile.selected || !content || content.bim.features.featureOfRow(row) < 0 || best?.exact) continue;
      best = {
        url: tile.contentUrl, exact: tile.lodMetricValue === 0, ecefFromGltf: content.cartesianModelMatrix, enuFromGltf: content.modelMatrix,
        origin: content.cartographicOrigin as unknown as [number, number, number],
      };
    }
    return best;
  }

  protected override _updateAutoHighlight(): void {
    // Highlights are rows in `paint`: nothing to do per sub-layer.
  }
}

interface CameraOf {
  cameraPosition: number[];
  projectPosition: (p: number[]) => number[];
  project: (p: number[]) => number[];
  getDistanceScales: (p: number[]) => { unitsPerMeter: number[] };
  altitude: number;
  height: number;
  scale: number;
}

/** May a tile's ball cover this place of the screen? (Rather yes than no: it only saves draws.) */
function canLieUnder(viewport: CameraOf, content: NonNullable<DrawnTile["content"]>, { x, y }: { x: number; y: number }): boolean {
  const origin = content.cartographicOrigin;
  const center = viewport.projectPosition(origin);
  const distance = Math.hypot(...center.map((v, k) => v - (viewport.cameraPosition[k] ?? 0)));
  // The tile's origin is the middle of its bounding volume, `content`'s that of its vertices: take both balls.
  const ball = (2 * content.bim.radius + 1) * (viewport.getDistanceScales(origin).unitsPerMeter[0] ?? 0);
  if (distance <= ball * 1.5) return true;
  const pixels = (ball / (distance - ball)) * viewport.altitude * viewport.height;
  const [px = 0, py = 0] = viewport.project(origin);
  return Math.hypot(px - x, py - y) < pixels + 4;
}

function rowBox(bim: BimContent, row: number): { center: number[]; radius: number } | null {
  const { rows, corners } = bim.boxes;
  const found = rows.indexOf(row);
  if (found < 0) return null;
  const box = corners.subarray(found * 6, found * 6 + 6);
  const corner = (k: number): [number, number] => [box[k] as number, box[k + 3] as number];
  return {
    center: [0, 1, 2].map((k) => (corner(k)[0] + corner(k)[1]) / 2),
    radius: Math.hypot(...[0, 1, 2].map((k) => (corner(k)[1] - corner(k)[0]) / 2)),
  };
}

function placed(box: { center: number[]; radius: number }, content: NonNullable<DrawnTile["content"]>): { center: [number, number, number]; radius: number } {
  const p = box.center.map((v, k) => v + (content.bim.origin[k] ?? 0));
  const [east = 0, north = 0, up = 0] = content.modelMatrix.transformAsPoint(p) as number[];
  const [lng = 0, lat = 0, height = 0] = content.cartographicOrigin;
  const metresPerDegree = (Math.PI / 180) * 6378137;
  return {
    center: [lng + east / (metresPerDegree * Math.cos((lat * Math.PI) / 180)), lat + north / metresPerDegree, height + up], radius: box.radius,
  };
}
