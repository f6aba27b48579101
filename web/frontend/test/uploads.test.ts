import { describe, expect, it } from "vitest";

import { PART, pause, sendFile, type Memory, type Sending } from "../src/desk/tus";
import { footprintOf, insideCity, mayPublish, mayWithdraw, reasonsOf } from "../src/desk/review";
import type { Examined, Upload } from "../src/desk/types";
import { optionsOf } from "../src/desk/upload-form";
import type { LedgerItem, Me } from "../src/types";
import { TusServer } from "./tus-server";

const SIZE = PART + 1000;
const CONTENT = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 9)) & 255);

function memory(): Memory & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return { all, get: (key) => all.get(key) ?? null, set: (key, value) => { if (value === null) all.delete(key); else all.set(key, value); } };
}

function sending(server: TusServer, more: Partial<Sending> = {}): Sending & { sent: number[]; waits: number[]; troubles: (Error | null)[] } {
  const [sent, waits, troubles]: [number[], number[], (Error | null)[]] = [[], [], []];
  return {
    file: new Blob([CONTENT]), metadata: { filename: "医院 Ä.ifc", project: "P001", discipline: "" }, key: "k", memory: memory(), signal: new AbortController().signal, endpoint: "/api/uploads", ask: server.ask,
    pause: (wait) => { waits.push(wait); return Promise.resolve(); }, onSent: (bytes) => { sent.push(bytes); }, onTrouble: (error) => { troubles.push(error); }, sent, waits, troubles, ...more,
  };
}

async function whole(server: TusServer, place: string): Promise<boolean> {
  const { bytes } = server.kept.get(place) as { bytes: Uint8Array };
  return Buffer.compare(Buffer.from(bytes), Buffer.from(CONTENT)) === 0;
}

describe("a file that goes up in parts", () => {
  it("arrives whole, with its name as it is written", async () => {
    const server = new TusServer();
    const one = sending(server);
    const place = await sendFile(one);
    expect(place).toBe("/api/uploads/1");
    expect(await whole(server, place)).toBe(true);
    expect(server.kept.get(place)?.metadata).toEqual({ filename: "医院 Ä.ifc", project: "P001" });
    expect(one.sent).toEqual([0, PART, SIZE]);
    expect(server.asked).toEqual(["POST", "PATCH", "PATCH"]);
    expect((one.memory as ReturnType<typeof memory>).all.size).toBe(0);
  });

  it.each([[["", "lost", "lost"]], [["", "", "deaf"]], [["lost", "", "deaf", "lost", ""]], [[503, "", 502, "", 460]], [["", 429]], [["", 409]]])("goes on after %j", async (fate) => {
    const server = new TusServer();
    server.fate = [...fate];
    const place = await sendFile(sending(server));
    expect(await whole(server, place)).toBe(true);
  });

  it("says what keeps it waiting, waits as long as the server says, and that it is over", async () => {
    const server = new TusServer();
    server.fate = ["", 429];
    const one = sending(server);
    await sendFile(one);
    expect(one.waits).toEqual([7000]);
    expect(one.troubles.map((error) => error && "status" in error && error.status)).toEqual([429, null]);
  });

  it("goes on where it was when the page was loaded anew", async () => {
    const server = new TusServer();
    const kept = memory();
    const stop = new AbortController();
    const first = sending(server, { memory: kept, signal: stop.signal, onSent: (bytes) => { if (bytes === PART) stop.abort(); } });
    server.fate = ["", "", "lost"];
    await expect(sendFile(first)).rejects.toThrow();
    expect(kept.all.size).toBe(1);
    server.asked.length = 0;
    server.fate = [];
    const place = await sendFile(sending(server, { memory: kept }));
    expect(server.asked).toEqual(["HEAD", "PATCH"]);
    expect(await whole(server, place)).toBe(true);
    expect(kept.all.size).toBe(0);
  });

  it("begins anew where the server no longer knows of it", async () => {
    const server = new TusServer();
    const kept = memory();
    kept.set("k", "/api/uploads/99");
    expect(await whole(server, await sendFile(sending(server, { memory: kept })))).toBe(true);
    expect(server.asked).toEqual(["HEAD", "POST", "PATCH", "PATCH"]);
  });

  it.each([400, 403, 413])("does not insist when it is told %d", async (status) => {
    const server = new TusServer();
    server.fate = [status];
    await expect(sendFile(sending(server))).rejects.toMatchObject({ status });
    expect(server.asked).toHaveLength(1);
  });

  it("gives up on a server that answers badly for ever", async () => {
    const server = new TusServer();
    server.fate = ["", ...Array<number>(30).fill(500)];
    await expect(sendFile(sending(server))).rejects.toMatchObject({ status: 500 });
    expect(server.asked.length).toBeLessThan(20);
  });

  it("stops waiting when it is stopped", async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow();
  });
});

const ITEM = { global_id: "x", name: "", ifc_class: "IfcWall" };
const ME: Me = { kind: "person", name: "li", display_name: "", role: "", users: true, csrf: "c", has_password: true, limit: null, rights: { A: "engineer", B: "manager" }, sign_in: { password: true, oidc: null } };

function upload(more: Partial<Upload> = {}): Upload {
  return { id: "u", project: "A", file: "a.ifc", size: 1, received: 1, state: "waiting", job: null, created_by: "li", created_at: "", examined: null, refused: null, discipline: null, options: {}, sha256: null, changed_at: "", ...more };
}

describe("what is looked at before publishing", () => {
  it("tells each reason once, what failed first", () => {
    const items = [["drawn", null], ["empty", "no body"], ["skipped", "opening"], ["skipped", "opening"], ["failed", "crash"]].map(([state, reason], i) => ({ ...ITEM, ifc_class: i === 3 ? "IfcOpeningElement" : "IfcWall", state, reason }) as LedgerItem);
    expect(reasonsOf(items).map(({ state, reason, count, classes }) => [state, reason, count, classes.length])).toEqual([["failed", "crash", 1, 1], ["skipped", "opening", 2, 2], ["empty", "no body", 1, 1]]);
  });

  it("knows where it stands, and that it stands nowhere", () => {
    const georeference = { source: "IfcSite", longitude: 114, latitude: 22.5, inside_city: false };
    const stands = upload({ examined: { georeference, bounds: [113, 22, 115, 23] } as unknown as Examined });
    expect(footprintOf(stands)).toEqual({ name: "a.ifc", longitude: 114, latitude: 22.5, bounds: [113, 22, 115, 23] });
    expect(insideCity(stands.examined as Examined)).toBe(false);
    expect(footprintOf(upload({ examined: { georeference: { ...georeference, source: "none", longitude: null, latitude: null } } as unknown as Examined }))).toBeNull();
    expect(footprintOf(upload())).toBeNull();
  });

  it("is published by managers of the project, taken back by them and by whoever sent it", () => {
    expect([mayPublish(ME, upload()), mayPublish(ME, upload({ project: "B" })), mayPublish(ME, upload({ project: "B", state: "examining" })), mayPublish(null, upload())]).toEqual([false, true, false, false]);
    expect([mayWithdraw(ME, upload()), mayWithdraw(ME, upload({ created_by: "wang" })), mayWithdraw(ME, upload({ project: "B", created_by: "wang" })), mayWithdraw(ME, upload({ state: "published" }))]).toEqual([true, false, true, false]);
  });

  it("takes a place of numbers, or none", () => {
    expect(optionsOf({}, true)).toEqual({});
    expect(optionsOf({ longitude: "114.05", latitude: " 22.5 ", height: "", rotation: "-12.5" }, true)).toEqual({ longitude: 114.05, latitude: 22.5, rotation: -12.5, override: true });
    expect([optionsOf({ longitude: "114" }, false), optionsOf({ height: "3" }, false), optionsOf({ longitude: "x", latitude: "1" }, false), optionsOf({ longitude: "1", latitude: "91" }, false)]).toEqual(["upload_place_half", "upload_place_half", "upload_place_wrong", "upload_place_wrong"]);
  });
});
