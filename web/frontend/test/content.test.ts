import { describe, expect, it } from "vitest";

import { bakeContent, packedColor, type Batch } from "../src/bim/content";
import { parseGlb, type Glb } from "../src/bim/glb";
import { sample } from "./glb-writer";

/** Every vertex of a batch at its place in the glTF's frame, with its row. */
function vertices(batch: Batch, origin: readonly number[]): { at: number[]; row: number }[] {
  const out = [];
  for (let i = 0; i < batch.instanceCount; i++) {
    const m = [...batch.instances.slice(i * 13, i * 13 + 13)] as number[];
    for (let v = 0; v < batch.rows.length; v++) {
      const p = [...batch.positions.slice(v * 3, v * 3 + 3), 1];
      const at = [0, 4, 8].map((r, k) => m.slice(r, r + 4).reduce((sum, x, j) => sum + x * (p[j] as number), 0) + (origin[k] as number));
      out.push({ at, row: (batch.rows[v] as number) + (m[12] as number) });
    }
  }
  return out;
}

function repeated(glb: Glb, times: number): Glb {
  const [first, second] = glb.meshes;
  if (!first || !second?.primitives[0]) throw new Error("sample");
  // So many copies of the primitive that the mesh is worth a draw call of its own.
  return { ...glb, meshes: [first, { ...second, primitives: Array.from({ length: times }, () => second.primitives[0] as never) }] };
}

describe("bakeContent", () => {
  it("puts every vertex where its node says, whatever batch it lands in", () => {
    const content = bakeContent(parseGlb(sample()));
    const solid = content.batches.find((b) => !b.translucent) as Batch;
    expect(content.batches.filter((b) => !b.translucent)).toHaveLength(1);
    const expected = [[1, 7, 3], [2, 7, 3], [1, 8, 3], [1, 7, 5], [2, 7, 5], [1, 8, 5]];
    vertices(solid, content.origin).forEach(({ at, row }, i) => {
      at.forEach((v, k) => expect(v).toBeCloseTo((expected[i] as number[])[k] as number, 5));
      expect(row).toBe(i < 3 ? 7 : 70000);
    });
  });

  it("gives copies the row of their own feature, merged or instanced", () => {
    const merged = bakeContent(parseGlb(sample()));
    const glass = merged.batches.filter((b) => b.translucent);
    expect(glass).toHaveLength(1);
    expect(glass[0]?.instanceCount).toBe(1);
    const few = vertices(glass[0] as Batch, merged.origin);
    expect(few.map((v) => v.row)).toEqual([3, 3, 3, 3, 3, 3, 7, 7, 7]);

    const many = bakeContent(repeated(parseGlb(sample()), 1000));
    const instanced = many.batches.find((b) => b.instanceCount === 3) as Batch;
    expect(instanced.translucent).toBe(true);
    const all = vertices(instanced, many.origin);
    expect([all[0], all[3000], all[6000]].map((v) => v?.row)).toEqual([3, 3, 7]);
    [few[0], few[3], few[6]].forEach((v, i) => v?.at.forEach((x, k) => expect(all[i * 3000]?.at[k]).toBeCloseTo(x, 5)));
  });

  it("keeps float32 exact far from the origin", () => {
    const glb = parseGlb(sample());
    glb.meshes[0]?.matrix.copy([0.01, 0, 0, 0, 0, 0.01, 0, 0, 0, 0, 0.01, 0, 500000, 4000000, 0, 1]);
    glb.meshes[1]?.matrix.copy([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 500000, 4000000, 0, 1]);
    const content = bakeContent(glb);
    const solid = content.batches.find((b) => !b.translucent) as Batch;
    const [a, b] = vertices(solid, [0, 0, 0]);
    expect((b?.at[0] ?? 0) - (a?.at[0] ?? 0)).toBeCloseTo(1, 5);
    expect(content.radius).toBeLessThan(40);
  });

  it("turns linear colours into sRGB bytes", () => {
    expect(packedColor([0.2158605, 1, 0, 1])).toBe(0xff00ff80);
    const solid = bakeContent(parseGlb(sample())).batches.find((b) => !b.translucent) as Batch;
    // the grey of (0.5, 1, 0) is 0.7365; (0.606, 0.881, 0.331) is that much less pure, and a curve lightens it
    expect([...solid.colors.slice(0, 4)]).toEqual([187, 232, 134, 255]);
  });
});
