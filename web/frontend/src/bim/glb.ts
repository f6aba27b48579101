/**
 * Reads the glb of a tile as `tiles/glb.py` writes it: quantised attributes, node matrices, instances, one property table.
 *
 * The stock glTF loader does not know EXT_mesh_gpu_instancing and decodes every string of the property table at once;
 * here the strings of one feature are decoded when somebody picks it.
 */

import { Matrix4 } from "@math.gl/core";

export type Numbers = Float32Array | Uint32Array | Uint16Array | Uint8Array | Int16Array | Int8Array;

/** An accessor's values, tightly packed; `scale` turns a normalised integer into a number (1 when it is not one). */
export interface Column {
  readonly values: Numbers;
  readonly size: number;
  readonly count: number;
  readonly scale: number;
}

/** Colour is linear red, green, blue and opacity, 0 to 1, as the glTF material states it. */
export interface Primitive {
  readonly position: Column;
  readonly normal: Column | null;
  readonly feature: Column | null;
  readonly indices: Numbers | null;
  readonly color: readonly [number, number, number, number];
  readonly translucent: boolean;
}

/** Copies of one mesh: a matrix each (node frame from mesh frame) and a feature each. */
export interface Instances {
  readonly count: number;
  readonly matrices: readonly Matrix4[];
  readonly features: Column | null;
}

/** A mesh at its place: `matrix` is content frame (y up) from mesh frame. */
export interface Placed {
  readonly matrix: Matrix4;
  readonly primitives: readonly Primitive[];
  readonly instances: Instances | null;
}

export interface Glb {
  readonly meshes: readonly Placed[];
  readonly features: FeatureTable;
}

interface Accessor {
  bufferView?: number;
  byteOffset?: number;
  componentType: number;
  count: number;
  type: string;
  normalized?: boolean;
}

interface BufferView {
  byteOffset?: number;
  byteLength: number;
  byteStride?: number;
}

interface Node {
  mesh?: number;
  children?: number[];
  matrix?: number[];
  translation?: number[];
  rotation?: number[];
  scale?: number[];
  extensions?: {
    EXT_mesh_gpu_instancing?: { attributes: Record<string, number> };
    EXT_instance_features?: { featureIds: { attribute?: number }[] };
  };
}

interface PropertyColumn {
  values: number;
  stringOffsets?: number;
  stringOffsetType?: string;
}

interface Document {
  accessors?: Accessor[];
  bufferViews?: BufferView[];
  nodes?: Node[];
  scenes?: { nodes?: number[] }[];
  scene?: number;
  meshes?: { primitives: PrimitiveJson[] }[];
  materials?: { alphaMode?: string; pbrMetallicRoughness?: { baseColorFactor?: number[] } }[];
  extensions?: {
    EXT_structural_metadata?: {
      propertyTables?: { count: number; properties: Record<string, PropertyColumn> }[];
    };
  };
}

interface PrimitiveJson {
  attributes: Record<string, number>;
  indices?: number;
  material?: number;
  mode?: number;
  extensions?: { EXT_mesh_features?: { featureIds: { attribute?: number }[] } };
}

const MAGIC = 0x46546c67; // "glTF"
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const SIZES: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 };

function arrayType(componentType: number) {
  switch (componentType) {
    case 5120: return Int8Array;
    case 5121: return Uint8Array;
    case 5122: return Int16Array;
    case 5123: return Uint16Array;
    case 5125: return Uint32Array;
    case 5126: return Float32Array;
    default: throw new Error(`glb: unknown component type ${componentType}`);
  }
}

/** How a normalised integer of this type becomes a number (glTF 2.0, "Accessor data types"). */
function normalisation(componentType: number): number {
  switch (componentType) {
    case 5120: return 1 / 127;
    case 5121: return 1 / 255;
    case 5122: return 1 / 32767;
    case 5123: return 1 / 65535;
    default: return 1;
  }
}

class Reader {
  constructor(readonly json: Document, private readonly bin: Uint8Array) {}

  bytes(viewIndex: number): Uint8Array {
    const view = this.json.bufferViews?.[viewIndex];
    if (!view) throw new Error(`glb: bufferView ${viewIndex} is missing`);
    const start = view.byteOffset ?? 0;
    if (start + view.byteLength > this.bin.byteLength) throw new Error(`glb: bufferView ${viewIndex} ends behind the file`);
    return this.bin.subarray(start, start + view.byteLength);
  }

  column(index: number): Column {
    const accessor = this.json.accessors?.[index];
    if (!accessor || accessor.bufferView === undefined) throw new Error(`glb: accessor ${index} is missing`);
    const size = SIZES[accessor.type];
    if (!size) throw new Error(`glb: accessor type ${accessor.type} is unknown`);
    const bytes = this.bytes(accessor.bufferView);
    const Type = arrayType(accessor.componentType);
    const width = Type.BYTES_PER_ELEMENT;
    const stride = this.json.bufferViews?.[accessor.bufferView]?.byteStride ?? width * size;
    const start = bytes.byteOffset + (accessor.byteOffset ?? 0);
    const scale = accessor.normalized ? normalisation(accessor.componentType) : 1;
    const shape = { size, count: accessor.count, scale };
    const length = accessor.count * size;
    if (accessor.count > 0 && (accessor.byteOffset ?? 0) + (accessor.count - 1) * stride + width * size > bytes.byteLength) {
      throw new Error(`glb: accessor ${index} ends behind its bufferView`);
    }
    if (stride === width * size) {
      if (start % width === 0) return { values: new Type(bytes.buffer as ArrayBuffer, start, length), ...shape };
      return { values: new Type(bytes.slice(accessor.byteOffset ?? 0, (accessor.byteOffset ?? 0) + length * width).buffer), ...shape };
    }
    return { values: this.unstride(bytes, accessor.byteOffset ?? 0, stride, accessor.count, size, Type), ...shape };
  }

  private unstride(bytes: Uint8Array, offset: number, stride: number, count: number, size: number, Type: ReturnType<typeof arrayType>): Numbers {
    const values = new Type(count * size);
    const out = new Uint8Array(values.buffer);
    const row = size * Type.BYTES_PER_ELEMENT;
    for (let i = 0; i < count; i++) out.set(bytes.subarray(offset + i * stride, offset + i * stride + row), i * row);
    return values;
  }
}

const decoder = new TextDecoder();

/** The property table of a tile: feature id → row, GlobalId, class, storey. Strings are decoded on demand. */
export class FeatureTable {
  readonly count: number;
  /** Model-wide feature row of each feature of this tile. */
  readonly rows: Uint32Array;

  /** The bytes of texts and where each begins: copies, so that the tile's geometry can go. */
  private readonly texts: Partial<Record<string, { values: Uint8Array; offsets: Uint8Array; type: string | undefined }>> = {};

  constructor(reader: Reader | null, properties: Record<string, PropertyColumn>, count: number) {
    this.count = count;
    const rows = properties["row"];
    this.rows = reader && rows ? copyUint32(reader.bytes(rows.values), count) : Uint32Array.from({ length: count }, (_, i) => i);
    for (const name of ["global_id", "ifc_class", "storey"]) {
      const column = properties[name];
      if (!reader || !column || column.stringOffsets === undefined) continue;
      this.texts[name] = { values: reader.bytes(column.values).slice(), offsets: reader.bytes(column.stringOffsets).slice(), type: column.stringOffsetType };
    }
  }

  /** The feature that stands for a model-wide row, or -1. */
  featureOfRow(row: number): number {
    return this.rows.indexOf(row);
  }

  text(feature: number, property: "global_id" | "ifc_class" | "storey"): string {
    const column = this.texts[property];
    if (!column || feature < 0 || feature >= this.count) return "";
    const { offsets } = column;
    const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
    const at = (i: number): number => {
      switch (column.type) {
        case "UINT8": return view.getUint8(i);
        case "UINT16": return view.getUint16(i * 2, true);
        case "UINT64": return Number(view.getBigUint64(i * 8, true));
        default: return view.getUint32(i * 4, true);
      }
    };
    return decoder.decode(column.values.subarray(at(feature), at(feature + 1)));
  }
}

function copyUint32(bytes: Uint8Array, count: number): Uint32Array {
  return new Uint32Array(bytes.slice(0, count * 4).buffer);
}

export function parseGlb(buffer: ArrayBuffer): Glb {
  const { json, bin } = chunks(buffer);
  const reader = new Reader(json, bin);
  const table = json.extensions?.EXT_structural_metadata?.propertyTables?.[0];
  const features = new FeatureTable(reader, table?.properties ?? {}, table?.count ?? 0);
  const meshes: Placed[] = [];
  const roots = json.scenes?.[json.scene ?? 0]?.nodes ?? [];
  const visit = (index: number, parent: Matrix4): void => {
    const node = json.nodes?.[index];
    if (!node) throw new Error(`glb: node ${index} is missing`);
    const matrix = new Matrix4(parent).multiplyRight(nodeMatrix(node));
    const mesh = node.mesh === undefined ? undefined : json.meshes?.[node.mesh];
    if (mesh) meshes.push({ matrix, primitives: mesh.primitives.map((p) => primitive(reader, p)), instances: instances(reader, node) });
    for (const child of node.children ?? []) visit(child, matrix);
  };
  for (const root of roots) visit(root, new Matrix4());
  return { meshes, features };
}

function chunks(buffer: ArrayBuffer): { json: Document; bin: Uint8Array } {
  const view = new DataView(buffer);
  if (buffer.byteLength < 20 || view.getUint32(0, true) !== MAGIC) throw new Error("glb: this is not a binary glTF file");
  let json: Document | null = null;
  let bin = new Uint8Array(0);
  for (let offset = 12; offset + 8 <= buffer.byteLength; ) {
    const length = view.getUint32(offset, true);
    const kind = view.getUint32(offset + 4, true);
    if (offset + 8 + length > buffer.byteLength) throw new Error("glb: the file is truncated");
    const chunk = new Uint8Array(buffer, offset + 8, length);
    if (kind === JSON_CHUNK) json = JSON.parse(new TextDecoder().decode(chunk)) as Document;
    else if (kind === BIN_CHUNK) bin = chunk;
    offset += 8 + length;
  }
  if (!json) throw new Error("glb: the JSON chunk is missing");
  return { json, bin };
}

function nodeMatrix(node: Node): Matrix4 {
  if (node.matrix) return new Matrix4(node.matrix);
  return trs(node.translation ?? [0, 0, 0], node.rotation ?? [0, 0, 0, 1], node.scale ?? [1, 1, 1]);
}

/** Translation × rotation (quaternion x, y, z, w) × scale. */
export function trs(t: ArrayLike<number>, r: ArrayLike<number>, s: ArrayLike<number>): Matrix4 {
  const [x, y, z, w] = [r[0] ?? 0, r[1] ?? 0, r[2] ?? 0, r[3] ?? 1];
  const [sx, sy, sz] = [s[0] ?? 1, s[1] ?? 1, s[2] ?? 1];
  return new Matrix4([
    (1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0,
    2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0,
    2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0,
    t[0] ?? 0, t[1] ?? 0, t[2] ?? 0, 1,
  ]);
}

function primitive(reader: Reader, json: PrimitiveJson): Primitive {
  if (json.mode !== undefined && json.mode !== 4) throw new Error(`glb: only triangles are drawn, not mode ${json.mode}`);
  const { POSITION, NORMAL } = json.attributes;
  if (POSITION === undefined) throw new Error("glb: a primitive has no POSITION");
  const attribute = json.extensions?.EXT_mesh_features?.featureIds[0]?.attribute ?? 0;
  const feature = json.attributes[`_FEATURE_ID_${attribute}`];
  const material = json.material === undefined ? undefined : reader.json.materials?.[json.material];
  const [r = 1, g = 1, b = 1, a = 1] = material?.pbrMetallicRoughness?.baseColorFactor ?? [];
  return {
    position: reader.column(POSITION),
    normal: NORMAL === undefined ? null : reader.column(NORMAL),
    feature: feature === undefined ? null : reader.column(feature),
    indices: json.indices === undefined ? null : reader.column(json.indices).values,
    color: [r, g, b, a],
    translucent: material?.alphaMode === "BLEND" && a < 1,
  };
}

function instances(reader: Reader, node: Node): Instances | null {
  const attributes = node.extensions?.EXT_mesh_gpu_instancing?.attributes;
  if (!attributes) return null;
  const column = (name: string): Column | null => (attributes[name] === undefined ? null : reader.column(attributes[name]));
  const [t, r, s] = [column("TRANSLATION"), column("ROTATION"), column("SCALE")];
  const count = (t ?? r ?? s)?.count ?? 0;
  const item = (c: Column | null, i: number, fallback: number[]): number[] => {
    if (!c) return fallback;
    return Array.from(c.values.subarray(i * c.size, (i + 1) * c.size), (v) => v * c.scale);
  };
  const matrices = Array.from({ length: count }, (_, i) => trs(item(t, i, [0, 0, 0]), item(r, i, [0, 0, 0, 1]), item(s, i, [1, 1, 1])));
  const id = node.extensions?.EXT_instance_features?.featureIds[0]?.attribute ?? 0;
  return { count, matrices, features: column(`_FEATURE_ID_${id}`) };
}
