/** A file goes up in parts (tus 1.0): what arrived stays, so a lost server, or a page that was loaded anew, costs one part. */

import type { send } from "../api";
import { ServerProblem, ServerUnreachable } from "../api";

/** Bytes of a part; the server takes up to twice as much. */
export const PART = 8 * 1024 * 1024;
/** A server that answers, but not well, is asked so often. */
const MOST_FAILURES = 8;
const LONGEST_PAUSE = 30_000;
const PASSING = [409, 423, 425, 429, 460, 500, 502, 503, 504];
const TUS = { "Tus-Resumable": "1.0.0" };

/** Where half-sent files are remembered. */
export interface Memory {
  get: (key: string) => string | null;
  set: (key: string, value: string | null) => void;
}

export interface Sending {
  readonly file: Blob;
  readonly metadata: Readonly<Record<string, string>>;
  /** Names the same file for the same purpose, also after the page was loaded anew. */
  readonly key: string;
  readonly memory: Memory;
  readonly signal: AbortSignal;
  readonly endpoint: string;
  readonly ask: typeof send;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly onSent: (bytes: number) => void;
  /** It goes on by itself; null: it does again. */
  readonly onTrouble: (error: Error | null) => void;
}

/** Send a file, from where it had come to; returns its address. Throws what cannot be mended by trying again. */
export async function sendFile(sending: Sending): Promise<string> {
  const { file, memory, key, onSent } = sending;
  const known = memory.get(key);
  let at = known === null ? null : await patiently(sending, () => offsetOf(sending, known));
  const place = at === null ? await patiently(sending, () => create(sending)) : (known as string);
  at ??= 0;
  memory.set(key, place);
  onSent(at);
  while (at < file.size) {
    at = await patiently(sending, async (again) => {
      // Whether the part before had arrived is for the server to say.
      const from: number | null = again ? await offsetOf(sending, place) : (at as number);
      if (from === null) {
        memory.set(key, null);
        throw new ServerProblem(410, { title: "Gone", status: 410, detail: place });
      }
      return from >= file.size ? file.size : await part(sending, place, from);
    });
    onSent(at);
  }
  memory.set(key, null);
  return place;
}

async function create({ endpoint, file, metadata, ask, signal }: Sending): Promise<string> {
  const pairs = Object.entries(metadata).filter(([, value]) => value !== "").map(([name, value]) => `${name} ${base64(new TextEncoder().encode(value))}`);
  const answer = await ask("POST", endpoint, { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": pairs.join(",") }, undefined, signal);
  const place = answer.headers.get("Location");
  if (!place) throw new ServerProblem(answer.status, { title: "No Location", status: answer.status, detail: "Location" });
  const path = new URL(place, "http://x/");
  return path.pathname; // on this server, whatever name it gives itself
}

/** How much has arrived; null where nothing is known of the file. */
async function offsetOf({ ask, signal }: Sending, place: string): Promise<number | null> {
  try {
    const answer = await ask("HEAD", place, TUS, undefined, signal);
    const offset = Number(answer.headers.get("Upload-Offset") ?? NaN);
    return Number.isInteger(offset) && offset >= 0 ? offset : null;
  } catch (error) {
    if (error instanceof ServerProblem && [403, 404, 410].includes(error.status)) return null;
    throw error;
  }
}

/** Send the part that begins at a byte; returns where the next one does. */
async function part({ file, ask, signal }: Sending, place: string, from: number): Promise<number> {
  const bytes = await file.slice(from, from + PART).arrayBuffer();
  const sum: Record<string, string> = globalThis.crypto?.subtle ? { "Upload-Checksum": `sha256 ${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))}` } : {};
  const answer = await ask("PATCH", place, { ...TUS, ...sum, "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" }, bytes, signal);
  const offset = Number(answer.headers.get("Upload-Offset") ?? NaN);
  return Number.isInteger(offset) && offset > from ? offset : from + bytes.byteLength;
}

/** Try until it works, or until it cannot. `again`: it was tried before. */
async function patiently<T>({ signal, pause, onTrouble }: Sending, work: (again: boolean) => Promise<T>): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      const done = await work(failures > 0);
      if (failures) onTrouble(null);
      return done;
    } catch (error) {
      signal.throwIfAborted();
      const passing = error instanceof ServerUnreachable || (error instanceof ServerProblem && PASSING.includes(error.status) && failures < MOST_FAILURES);
      if (!passing) throw error;
      failures += 1;
      // That both sides count differently is mended by asking, not by waiting.
      const counted = error instanceof ServerProblem && error.status === 409 && failures === 1;
      if (!counted) onTrouble(error as Error);
      const wait = error instanceof ServerProblem && error.wait !== null ? error.wait * 1000 : Math.min(LONGEST_PAUSE, 500 * 2 ** failures);
      if (!counted) await pause(wait, signal);
    }
  }
}

export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    }
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** The browser's own memory, where it has one. */
export const browserMemory: Memory = {
  get: (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set: (key, value) => {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // storage may be forbidden: then a page that is loaded anew begins anew
    }
  },
};
