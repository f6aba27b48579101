/**
 * Draws the solids or the translucent surfaces of one tile.
 *
 * One matrix per tile, computed here in float64, takes vertices to clip space: the GPU never sees a large number.
 */

import { Layer, picking, type LayerContext, type LayerProps, type UpdateParameters, type Viewport } from "@deck.gl/core";
import type { Buffer, Device, RenderPass, RenderPipelineParameters } from "@luma.gl/core";
import { Model } from "@luma.gl/engine";
import { Matrix4, Vector3 } from "@math.gl/core";

import { release, type Batch, type BimContent } from "./content";
import { countDown, shadowTriangles, type Steps } from "./importance";
import { late } from "./late";
import { affinePlane, planeFrom, squeezed } from "./plane";
import type { ModelPaint, PaintTexture } from "./paint";
import { bimUniforms, leanFragment, leanVertex, lineFragment, lineVertex, MODES, shadowFragment, shadowVertex, surfaceFragment, surfaceVertex, type BimUniforms } from "./shaders";
import { depth, look } from "./look";
import { commonSection } from "./section";

/** What the tile traversal knows of a tile; `tileDrawn` tells it that the parent may go. */
export interface DrawnTile {
  id: string;
  selected: boolean;
  viewportIds: string[];
  tileDrawn: boolean;
  content: { bim: BimContent; cartographicOrigin: number[]; modelMatrix: Matrix4 } | null;
}

export interface BimMeshLayerProps extends LayerProps {
  tile: DrawnTile;
  paint: ModelPaint;
  paintTexture: PaintTexture;
  /** The translucent surfaces (drawn after all solids) or the solids? */
  translucent: boolean;
  casts: boolean;
}

/** luma.gl's Model is heavy, and most tiles never need all of theirs: each is made when it is drawn first. */
interface Made {
  model: Model | null;
  make: () => Model;
  /** Does it have deck.gl's picking module? */
  picks: boolean;
}

/** Triangles that are drawn alike. `closed`: back faces are never seen. */
interface Faces {
  closed: boolean;
  steps: Steps;
  surface: Made;
  /** For solids when no pixel of the tile is to be dropped: see shaders.ts. */
  lean: Made | null;
  /** For when something is hidden: then what lies behind it casts the shadow. */
  shadow: Made | null;
}

interface Draw {
  faces: Faces[];
  line: Made | null;
  /** As `Faces.lean`. */
  leanLine: Made | null;
  /** The few triangles that make it; null: those of the faces do. */
  shadow: Made | null;
  buffers: Buffer[];
  lines: Steps;
}

/** Elements smaller and lines shorter than this are left out, pixels; the second while the camera of a slow machine moves. */
const [LEAST_ELEMENT, LEAST_MOVING, LEAST_LINE] = [1.5, 5, 12];

const BLEND: RenderPipelineParameters = {
  blend: true, blendColorSrcFactor: "src-alpha", blendColorDstFactor: "one-minus-src-alpha", blendColorOperation: "add",
  blendAlphaSrcFactor: "one", blendAlphaDstFactor: "one-minus-src-alpha", blendAlphaOperation: "add", cullMode: "none", depthCompare: "less-equal",
};
const SOLID: RenderPipelineParameters = { ...BLEND, depthWriteEnabled: true, blend: false };
const CLOSED: RenderPipelineParameters = { ...SOLID, cullMode: "back" };
const GLASS: RenderPipelineParameters = { ...BLEND, depthWriteEnabled: false };
/** How much of a hidden row's colour shows through what is before it: of a selected one, of a lifted one. */
const [HIDDEN, HIDDEN_LIFTED] = [0.22, 0.85];
const XRAY: RenderPipelineParameters = { ...GLASS, depthCompare: "greater" };
const XRAY_CLOSED: RenderPipelineParameters = { ...XRAY, cullMode: "back" };
const SHADOW: RenderPipelineParameters = { ...BLEND, depthWriteEnabled: true, depthCompare: "less" };

const LAYOUT = [
  { name: "positions", format: "float32x3" as const },
  { name: "normals", format: "snorm8x4" as const },
  { name: "colors", format: "unorm8x4" as const },
  { name: "rows", format: "float32" as const },
  {
    name: "instances", stepMode: "instance" as const, byteStride: 52, attributes: [
      { attribute: "instanceX", format: "float32x4" as const, byteOffset: 0 },
      { attribute: "instanceY", format: "float32x4" as const, byteOffset: 16 },
      { attribute: "instanceZ", format: "float32x4" as const, byteOffset: 32 },
      { attribute: "instanceRow", format: "float32" as const, byteOffset: 48 },
    ],
  },
];

export class BimMeshLayer extends Layer<Required<BimMeshLayerProps>> {
  static override layerName = "BimMeshLayer";
  static override defaultProps = { casts: true, translucent: false };

  declare state: { draws: Draw[]; rows: Set<number> | null };

  override initializeState(context: LayerContext): void {
    const { tile, translucent } = this.props;
    const batches = (tile.content?.bim.batches ?? []).filter((batch) => batch.translucent === translucent);
    this.state = { draws: batches.map((batch, i) => this.upload(context.device, batch, i)), rows: null };
  }

  override shouldUpdateState({ changeFlags }: UpdateParameters<this>): boolean {
    return Boolean(changeFlags.propsOrDataChanged);
  }

  override finalizeState(context: LayerContext): void {
    for (const draw of this.state.draws) {
      for (const made of [...draw.faces.flatMap((faces) => [faces.surface, faces.lean, faces.shadow]), draw.line, draw.leanLine, draw.shadow]) {
        made?.model?.vertexArray.destroy(); // luma.gl's Model forgets it
        made?.model?.destroy();
        if (made) made.model = null;
      }
      for (const buffer of draw.buffers) buffer.destroy();
    }
    this.state.draws = [];
    super.finalizeState(context);
  }

  /** Parameters and uniforms are set below, per draw: deck.gl's own setting would rebuild every pipeline every frame. */
  override getModels(): Model[] {
    return [];
  }

  override get isLoaded(): boolean {
    return Boolean(this.state?.draws);
  }

  override draw({ renderPass, shaderModuleProps, parameters }: { renderPass: RenderPass; shaderModuleProps: { picking?: { isActive?: boolean | number } }; parameters: RenderPipelineParameters }): void {
    const { tile, paint, paintTexture, translucent } = this.props;
    tile.tileDrawn = true;
    if (!tile.content) return;
    const isPicking = Boolean(shaderModuleProps.picking?.isActive);
    const frame = this.frame(this.context.viewport);
    const bindings = { bimPaint: paintTexture.current() };
    const run = (made: Made | null, mode: number, pipeline: RenderPipelineParameters, extra: Partial<BimUniforms> = {}, part?: { steps: Steps; pixels: number }): void => {
      if (!made) return;
      const count = part && countDown(part.steps, part.pixels / frame.pixelsPerMetre);
      if (count === 0) return;
      const model = (made.model ??= made.make());
      if (count !== undefined) model.setVertexCount(count);
      model.setParameters(isPicking ? { ...parameters, depthWriteEnabled: true, depthCompare: "less-equal", cullMode: "none" } : pipeline);
      model.setBindings(bindings);
      const bim = { ...frame.uniforms, ...extra, mode };
      model.shaderInputs.setProps(made.picks ? { bim, picking: shaderModuleProps.picking ?? {} } : { bim });
      model.draw(renderPass);
    };
    if (!isPicking && !look.brief && !translucent && frame.shadow && look.shadowAlpha > 0 && !paint.below) {
      const how = { lineColor: look.shadowColor, shadowPlane: frame.shadow };
      for (const { shadow, faces } of this.state.draws) {
        for (const made of paint.whole && shadow ? [shadow] : faces.map((part) => part.shadow)) run(made, MODES.shadow, SHADOW, how);
      }
    }
    const pixels = look.brief && !isPicking ? LEAST_MOVING : LEAST_ELEMENT;
    // what is cut open shows its inside, which is made of back faces
    const outside = frame.uniforms.cutColor[3] ? SOLID : CLOSED;
    const drops = isPicking || paint.ghostly || frame.uniforms.cutColor[3] || frame.lowest < frame.uniforms.clipBelow;
    for (const { surface, lean, closed, steps } of this.state.draws.flatMap((draw) => draw.faces)) {
      run(drops ? surface : lean ?? surface, isPicking ? MODES.pick : MODES.surface, translucent ? GLASS : closed ? outside : SOLID, {}, { steps, pixels });
    }
    if (isPicking || look.brief) return;
    const strength = lineStrength(frame.pixelsPerMetre);
    const [r, g, b, a] = look.lineColor;
    if (a * strength > 0) for (const draw of this.state.draws) run(drops ? draw.line : draw.leanLine, MODES.line, GLASS, { lineColor: [r, g, b, a * strength] }, { steps: draw.lines, pixels: LEAST_LINE });
    const [sr, sg, sb] = look.selectColor;
    this.hidden(paint.selectedRow, [sr, sg, sb, HIDDEN], ({ surface }, colour) => run(surface, MODES.xray, XRAY, colour));
    // Of two that stand in each other, both must be seen: only their outsides, or each would tint itself.
    for (const [row, [red, green, blue]] of paint.lifted ?? []) {
      late(() => this.hidden(row, [red / 255, green / 255, blue / 255, HIDDEN_LIFTED], ({ surface, closed }, colour) => run(surface, MODES.xray, closed ? XRAY_CLOSED : XRAY, colour)));
    }
  }

  /** Draw what is hidden of a row, if this tile has it. */
  private hidden(row: number, selectColor: readonly number[], draw: (part: Faces, colour: Partial<BimUniforms>) => void): void {
    if (row < 0 || !this.holds(row)) return;
    for (const { faces } of this.state.draws) for (const part of faces) draw(part, { selectRow: row, selectColor });
  }

  /** Does this tile draw anything of a row? Asked only while something is selected. */
  private holds(row: number): boolean {
    this.state.rows ??= new Set(this.props.tile.content?.bim.features.rows);
    return this.state.rows.has(row);
  }

  private frame(viewport: Viewport): { uniforms: Omit<BimUniforms, "mode">; shadow: number[] | null; pixelsPerMetre: number; lowest: number } {
    const { tile, paint, casts } = this.props;
    const { bim, cartographicOrigin, modelMatrix } = tile.content as NonNullable<DrawnTile["content"]>;
    const origin = cartographicOrigin as [number, number, number];
    const unitsPerMeter = viewport.getDistanceScales(origin).unitsPerMeter as [number, number, number];
    const center = viewport.projectPosition(origin) as [number, number, number];
    const enu = new Matrix4(modelMatrix).translate([...bim.origin]);
    const common = new Matrix4().translate(center).scale(unitsPerMeter).multiplyRight(enu);
    const view = squeezed(viewport.viewProjectionMatrix, depth.share);
    const mvp = new Matrix4(view).multiplyRight(common);
    const eye = new Matrix4(common).invert().transformAsPoint(viewport.cameraPosition) as number[];
    const height = origin[2] + (enu[14] ?? 0);
    const section = commonSection(viewport as never, origin);
    const distance = new Vector3(eye as [number, number, number]).magnitude();
    const uniforms = {
      mvp: [...mvp], eye: [...eye, 1], up: [...turned(enu, [0, 0, 1]), height], sun: [...turned(enu, look.sun), 0],
      hoverColor: look.hoverColor, selectColor: look.selectColor, lineColor: look.lineColor, shadowPlane: [0, 0, 0, 0],
      section: section ? planeFrom(section, common) : [0, 0, 0, -1], cutColor: section ? look.cutColor : [0, 0, 0, 0],
      screen: [this.context.device.canvasContext?.getDrawingBufferSize()[0] ?? viewport.width, this.context.device.canvasContext?.getDrawingBufferSize()[1] ?? viewport.height],
      hoverRow: paint.hoverRow, selectRow: paint.selectedRow, clipBelow: paint.below ? -1e6 : -0.03,
    };
    const plane = casts ? affinePlane(view, [center[0], center[1], 0], unitsPerMeter[0] * 50) : null;
    const nearest = Math.max(1, distance - bim.radius); // the eye is in metres, too
    const pixelsPerMetre = viewport.height / 2 / (nearest * Math.tan(0.32175));
    const lowest = uniforms.up.reduce((sum, v, k) => sum + (k < 3 ? Math.min(v * (bim.low[k] ?? 0), v * (bim.high[k] ?? 0)) : v), 0);
    return { uniforms, lowest, shadow: plane && [...plane, look.shadowAlpha], pixelsPerMetre };
  }

  private upload(device: Device, batch: Batch, index: number): Draw {
    const id = `${this.props.id}-${index}`;
    const vertex = (data: ArrayBufferView): Buffer => device.createBuffer({ data: data as Uint8Array });
    const attributes = {
      positions: vertex(batch.positions), normals: vertex(batch.normals), colors: vertex(batch.colors), rows: vertex(batch.rows),
      instances: vertex(batch.instances),
    };
    const indexBuffer = (data: Uint32Array): Buffer => device.createBuffer({ usage: 0x0010 | 0x0008, indexType: "uint32", data });
    const lines = batch.edges.length ? indexBuffer(batch.edges) : null;
    const model = (kind: string, vs: string, fs: string, indices: Buffer, count: number, picks = true): Made => ({ model: null, picks, make: () => new Model(device, {
      id: `${id}-${kind}`, vs, fs, modules: (picks ? [picking, bimUniforms] : [bimUniforms]) as never[], bufferLayout: LAYOUT, attributes, indexBuffer: indices, vertexCount: count,
      isInstanced: true, instanceCount: batch.instanceCount, topology: kind.endsWith("line") ? "line-list" : "triangle-list", disableWarnings: true,
    }) });
    const casts = this.props.casts && !batch.translucent;
    const thrown = casts && batch.instanceCount === 1 ? this.shadowOf(batch) : null;
    const shadows = thrown?.length ? indexBuffer(thrown) : null;
    const shadow = (kind: string, indices: Buffer, count: number): Made => model(kind, shadowVertex, shadowFragment, indices, count);
    const parts = [true, false].map((closed) => ({ closed, indices: closed ? batch.indices.slice(0, batch.closed) : batch.indices.slice(batch.closed), steps: closed ? batch.steps.closed : batch.steps.open }));
    const triangles: Buffer[] = [];
    const faces = parts.filter(({ indices }) => indices.length).map(({ closed, indices, steps }): Faces => {
      const buffer = indexBuffer(indices);
      triangles.push(buffer);
      const [kind, count] = [closed ? "closed" : "open", indices.length];
      const lean = batch.translucent ? null : model(`lean-${kind}`, leanVertex, leanFragment, buffer, count, false);
      return { closed, steps, lean, surface: model(`surface-${kind}`, surfaceVertex, surfaceFragment, buffer, count), shadow: casts ? shadow(`shadow-${kind}`, buffer, count) : null };
    });
    const draw: Draw = {
      faces,
      line: lines ? model("line", surfaceVertex, surfaceFragment, lines, batch.edges.length) : null,
      leanLine: lines ? model("lean-line", lineVertex, lineFragment, lines, batch.edges.length, false) : null,
      shadow: shadows ? shadow("shadow-outer", shadows, thrown?.length ?? 0) : null,
      buffers: [...Object.values(attributes), ...triangles, ...(lines ? [lines] : []), ...(shadows ? [shadows] : [])],
      lines: batch.steps.lines,
    };
    release(batch);
    return draw;
  }

  private shadowOf(batch: Batch): Uint32Array {
    const { modelMatrix } = this.props.tile.content as NonNullable<DrawnTile["content"]>;
    return shadowTriangles(batch.positions, batch.indices, turned(modelMatrix, [0, 0, 1]), turned(modelMatrix, look.sun));
  }
}

/** Lines fade in where a metre is more than a few pixels: farther away they would only darken the building. */
function lineStrength(pixelsPerMetre: number): number {
  return Math.min(1, Math.max(0, (pixelsPerMetre - 2.5) / 9));
}

/** A direction of the east-north-up frame in the frame that `matrix` (rigid up to one scale) comes from. */
function turned(matrix: Matrix4, d: readonly number[]): number[] {
  const m = matrix as unknown as number[];
  const v = [0, 1, 2].map((k) => (m[k * 4] as number) * (d[0] as number) + (m[k * 4 + 1] as number) * (d[1] as number) + (m[k * 4 + 2] as number) * (d[2] as number));
  const length = Math.hypot(...v) || 1;
  return v.map((x) => x / length);
}
