/** A glb by hand, for tests: written from the specification, not from the reader. */

export class GlbWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;
  readonly bufferViews: object[] = [];
  readonly accessors: object[] = [];

  view(data: ArrayBufferView, byteStride?: number): number {
    while (this.length % 8) {
      this.chunks.push(new Uint8Array(1));
      this.length += 1;
    }
    const bytes = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
    this.bufferViews.push({ buffer: 0, byteOffset: this.length, byteLength: bytes.length, ...(byteStride ? { byteStride } : {}) });
    this.chunks.push(bytes);
    this.length += bytes.length;
    return this.bufferViews.length - 1;
  }

  accessor(data: ArrayBufferView, componentType: number, type: string, count: number, extra: { byteStride?: number; normalized?: boolean; byteOffset?: number } = {}): number {
    const { byteStride, ...rest } = extra;
    this.accessors.push({ bufferView: this.view(data, byteStride), componentType, type, count, ...rest });
    return this.accessors.length - 1;
  }

  strings(values: string[]): { values: number; stringOffsets: number } {
    const encoded = values.map((v) => new TextEncoder().encode(v));
    const offsets = [0];
    for (const e of encoded) offsets.push((offsets[offsets.length - 1] as number) + e.length);
    return { values: this.view(Uint8Array.from(encoded.flatMap((e) => [...e]))), stringOffsets: this.view(Uint32Array.from(offsets)) };
  }

  finish(json: object): ArrayBuffer {
    const bin = new Uint8Array(Math.ceil(this.length / 4) * 4);
    let at = 0;
    for (const chunk of this.chunks) {
      bin.set(chunk, at);
      at += chunk.length;
    }
    const document = { asset: { version: "2.0" }, buffers: [{ byteLength: bin.length }], bufferViews: this.bufferViews, accessors: this.accessors, ...json };
    let text = JSON.stringify(document);
    text += " ".repeat((4 - (new TextEncoder().encode(text).length % 4)) % 4);
    const head = new TextEncoder().encode(text);
    const out = new Uint8Array(12 + 8 + head.length + 8 + bin.length);
    const view = new DataView(out.buffer);
    [0x46546c67, 2, out.length, head.length, 0x4e4f534a].forEach((v, i) => view.setUint32(i * 4, v, true));
    out.set(head, 20);
    view.setUint32(20 + head.length, bin.length, true);
    view.setUint32(24 + head.length, 0x004e4942, true);
    out.set(bin, 28 + head.length);
    return out.buffer;
  }
}

/** Two triangles of two features, quantised with a stride of 8, and a mesh of one triangle drawn three times. */
export function sample(): ArrayBuffer {
  const w = new GlbWriter();
  const quantised = Uint16Array.from([0, 0, 0, 9, 100, 0, 0, 9, 0, 100, 0, 9, 0, 0, 200, 9, 100, 0, 200, 9, 0, 100, 200, 9]);
  const normals = Int8Array.from([0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0]);
  const position = w.accessor(quantised, 5123, "VEC3", 6, { byteStride: 8 });
  const normal = w.accessor(normals, 5120, "VEC3", 6, { byteStride: 4, normalized: true });
  const feature = w.accessor(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]), 5121, "SCALAR", 6, { byteStride: 4 });
  const indices = w.accessor(Uint16Array.from([0, 1, 2, 3, 4, 5]), 5123, "SCALAR", 6);
  const small = w.accessor(Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0]), 5126, "VEC3", 3);
  const translation = w.accessor(Float32Array.from([10, 0, 0, 20, 0, 0, 30, 0, 0]), 5126, "VEC3", 3);
  const half = Math.SQRT1_2;
  const rotation = w.accessor(Float32Array.from([0, 0, 0, 1, 0, 0, half, half, 0, 0, 0, 1]), 5126, "VEC4", 3);
  const copies = w.accessor(Uint16Array.from([2, 0, 2, 0, 0, 0]), 5123, "SCALAR", 3, { byteStride: 4 });
  const property = {
    global_id: w.strings(["AAAA", "BBBB", "C$_墙"]), ifc_class: w.strings(["IfcWall", "IfcSlab", "IfcFurniture"]), storey: w.strings(["", "一层", "二层"]),
    row: { values: w.view(Uint32Array.from([7, 70000, 3])) },
  };
  return w.finish({
    scene: 0, scenes: [{ nodes: [0] }],
    nodes: [
      { children: [1, 2], translation: [0, 5, 0] },
      { mesh: 0, matrix: [0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01, 0, 1, 2, 3, 1] },
      { mesh: 1, extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: translation, ROTATION: rotation, _FEATURE_ID_0: copies } }, EXT_instance_features: { featureIds: [{ featureCount: 3, attribute: 0, propertyTable: 0 }] } } },
    ],
    meshes: [
      { primitives: [{ attributes: { POSITION: position, NORMAL: normal, _FEATURE_ID_0: feature }, indices, material: 0, extensions: { EXT_mesh_features: { featureIds: [{ featureCount: 3, attribute: 0, propertyTable: 0 }] } } }] },
      { primitives: [{ attributes: { POSITION: small }, material: 1 }] },
    ],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [0.2158605, 1, 0, 1] } }, { alphaMode: "BLEND", pbrMetallicRoughness: { baseColorFactor: [1, 1, 1, 0.4] } }],
    extensions: { EXT_structural_metadata: { propertyTables: [{ class: "element", count: 3, properties: property }] } },
  });
}
