import { afterEach, describe, expect, it, vi } from "vitest";

import { api } from "../src/api";
import { Archive } from "../src/map/archives";
import { addressOf, fileOf } from "../src/static";
import listed from "./static-names.json";

vi.mock("maplibre-gl", () => ({ addProtocol: () => undefined }));

afterEach(() => vi.unstubAllGlobals());

describe("the files of a static copy", () => {
  it.each(listed.names)("$language $request", ({ request, language, file }) => {
    expect(fileOf(request, language, listed.element_files)).toBe(file);
  });

  it("have addresses that a URL keeps", () => {
    const address = addressOf("data/en/projects/塔 1#?.json");
    expect(decodeURIComponent(new URL(address, "http://x/sub/").pathname)).toBe("/sub/data/en/projects/塔 1#?.json");
  });
});

describe("what the page asks", () => {
  it("has a file in a static copy, but the search", async () => {
    const asked: string[] = [];
    vi.stubGlobal("document", { querySelector: () => ({}) });
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      return new Response(url === "export.json" ? '{"element_files":{"a":1}}' : '{"a":{}}');
    });
    for (const [name, ask] of Object.entries(api)) {
      const answer = (ask as (...given: unknown[]) => Promise<unknown>)(...given(name));
      if (name === "search") await expect(answer).rejects.toThrow();
      else await answer;
    }
    expect(asked.length).toBe(Object.keys(api).length); // one each but the search, and export.json
    expect(asked.filter((url) => url.startsWith("/"))).toEqual([]);
  });
});

/** Arguments of a function of `api`: "a" for every name. */
function given(name: string): unknown[] {
  const day = { asOf: "2026-06-30", knownAt: null };
  const forms: Record<string, unknown[]> = {
    projects: [day, "zh"], overview: [day, "zh"], timeline: [null, "zh"], layers: ["zh"], replaced: ["zh"],
    project: ["a", day, "zh"], tasks: ["a", day, "zh"], states: ["a", "light", day, "zh"], element: ["a", "a", day, "zh"],
  };
  return forms[name] ?? ["a", "zh"];
}

describe("an archive", () => {
  const bytes = new Uint8Array(1000).map((_, i) => i % 251);
  const [first, second] = [bytes.slice(0, 127), bytes.slice(300, 400)];

  it("is read by ranges", async () => {
    const ask = vi.fn(async (_: string, start: number, length: number) => ({ data: bytes.slice(start, start + length).buffer, whole: false }));
    const archive = new Archive("a.pmtiles", ask);
    expect(new Uint8Array((await archive.getBytes(0, 127)).data)).toEqual(first);
    expect(new Uint8Array((await archive.getBytes(300, 100)).data)).toEqual(second);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("is fetched once where the server ignores ranges, however much is asked at once", async () => {
    const ask = vi.fn(async () => ({ data: bytes.slice().buffer, whole: true }));
    const archive = new Archive("a.pmtiles", ask);
    const [a, b] = await Promise.all([archive.getBytes(0, 127), archive.getBytes(300, 100)]);
    expect([new Uint8Array(a.data), new Uint8Array(b.data)]).toEqual([first, second]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("is asked again after a failure", async () => {
    const ask = vi.fn(async () => ({ data: bytes.slice().buffer, whole: true }));
    ask.mockRejectedValueOnce(new Error("gone"));
    const archive = new Archive("a.pmtiles", ask);
    await expect(archive.getBytes(0, 127)).rejects.toThrow("gone");
    expect(new Uint8Array((await archive.getBytes(0, 127)).data)).toEqual(first);
  });
});
