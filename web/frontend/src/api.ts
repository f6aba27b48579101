/** The only place that asks the server. A request is made because somebody did something: nothing polls but the months while they are being judged. */

import type { StyleSpecification } from "maplibre-gl";

import { addressOf, elementOf, fileOf, isElement, isStatic } from "./static";
import type { CityLayer, ElementColumns, ElementDetails, Ledger, Legend, Overview, Problem, Project, ProjectCollection, Replaced, SceneJson, Search, TaskColumns, Timeline } from "./types";
import type { ColourBy } from "./url";
import type { Language } from "./words/dictionary";

/** The server answered, and said no; `wait`: ask again after so many seconds. */
export class ServerProblem extends Error {
  constructor(readonly status: number, readonly problem: Problem, readonly wait: number | null = null) {
    super(problem.detail ?? problem.title);
  }
}

/** The server did not answer. */
export class ServerUnreachable extends Error {}

/** Who asks, as far as requests need it. */
export interface Door {
  /** What a change brings along, to show that this page asks for it. */
  csrf: () => string;
  /** The server wants to know who asks. True: now it does. */
  signIn: () => Promise<boolean>;
  /** The server refused a change; true: it was because somebody signed in anew elsewhere, and this page knows now. */
  renew: () => Promise<boolean>;
}

let door: Door | null = null;

/** The page as everybody sees it, whoever has signed in: asked for by the address, for as long as the page is open. */
export const isPreview = typeof location !== "undefined" && new URLSearchParams(location.search).get("public") === "1";

export function openDoor(opened: Door | null): void {
  door = opened;
}

let pending = 0;
const watchers = new Set<() => void>();

/** How many answers are awaited. */
export function pendingRequests(): number {
  return pending;
}

export function onRequests(watcher: () => void): void {
  watchers.add(watcher);
}

function changed(by: number): void {
  pending += by;
  for (const watcher of watchers) watcher();
}

export async function getJson<T>(path: string, language: Language): Promise<T> {
  changed(1);
  try {
    if (isStatic()) return await copied<T>(path, language);
    return await answer<T>(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`);
  } finally {
    changed(-1);
  }
}

/** Bytes, which have no language; `language` is that of the problem, if there is one. */
export async function getBytes(path: string, language: Language): Promise<Uint8Array> {
  changed(1);
  try {
    const response = await asked(isStatic() ? copyOf(path, language) : `${path}&lang=${language}`, "application/octet-stream");
    return new Uint8Array(await response.arrayBuffer());
  } finally {
    changed(-1);
  }
}

/** A tile's content, which has no language and never changes: the browser keeps it. */
export async function content(url: string): Promise<ArrayBuffer> {
  changed(1);
  try {
    return await (await asked(url, "*/*")).arrayBuffer();
  } finally {
    changed(-1);
  }
}

/** Some bytes of a file: those that were asked for, or all of it where the server knows no ranges. */
export interface Part {
  readonly data: ArrayBuffer;
  readonly whole: boolean;
}

export async function bytesOf(url: string, start: number, length: number): Promise<Part> {
  changed(1);
  try {
    const response = await asked(url, "*/*", { Range: `bytes=${start}-${start + length - 1}` });
    return { data: await response.arrayBuffer(), whole: response.status !== 206 };
  } finally {
    changed(-1);
  }
}

/** The file of a static copy that answers a request. */
function copyOf(path: string, language: Language, elementFiles: Readonly<Record<string, number>> = {}): string {
  const file = fileOf(path, language, elementFiles);
  if (file === null) throw new ServerProblem(404, { type: "about:blank", title: "Not in this copy", status: 404, detail: path });
  return addressOf(file);
}

let manifest: Promise<{ element_files: Record<string, number> }> | null = null;

/** The answer to a request, from the files of a static copy. */
async function copied<T>(path: string, language: Language): Promise<T> {
  if (!isElement(path)) return answer<T>(copyOf(path, language));
  manifest ??= answer("export.json");
  const elements = await answer<Record<string, T>>(copyOf(path, language, (await manifest).element_files));
  const id = elementOf(path);
  if (!Object.hasOwn(elements, id)) throw new ServerProblem(404, { type: "about:blank", title: "Not in this copy", status: 404, detail: id });
  return elements[id] as T;
}

/** Change something; the answer is the server's. */
export async function post<T>(path: string, language: Language, body: Blob | string, type: string): Promise<T> {
  changed(1);
  try {
    const url = `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
    return (await (await asked(url, "application/json", { "Content-Type": type }, { method: "POST", body })).json()) as T;
  } finally {
    changed(-1);
  }
}

/** Ask in any way; an answer that says no is thrown. Who must sign in is asked to, and then the request goes on. */
export async function send(method: string, url: string, more: Readonly<Record<string, string>> = {}, body?: BodyInit, signal?: AbortSignal): Promise<Response> {
  changed(1);
  try {
    return await asked(url, more["Accept"] ?? "application/json", more, { method, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) });
  } finally {
    changed(-1);
  }
}

/** Change something by a JSON object, or ask for that change's undoing; what is not JSON is no answer. */
export async function change<T>(method: string, path: string, language: Language, body?: object): Promise<T | null> {
  const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await send(method, `${path}${path.includes("?") ? "&" : "?"}lang=${language}`, type, body === undefined ? undefined : JSON.stringify(body));
  const text = await response.text();
  return text ? (JSON.parse(text) as T) : null;
}

async function asked(url: string, type: string, more: Readonly<Record<string, string>> = {}, how: RequestInit = {}): Promise<Response> {
  let response = await fetched(url, type, more, how);
  if (response.status === 401 && door && !isDoor(url) && (await waited(door.signIn()))) response = await fetched(url, type, more, how);
  else if (response.status === 403 && isChange(how) && door && !isDoor(url) && (await door.renew())) response = await fetched(url, type, more, how);
  if (!response.ok) throw new ServerProblem(response.status, problemOf(await response.text(), response), waitOf(response.headers.get("Retry-After")));
  return response;
}

async function fetched(url: string, type: string, more: Readonly<Record<string, string>>, how: RequestInit): Promise<Response> {
  const csrf = isChange(how) ? (door?.csrf() ?? "") : "";
  try {
    return await fetch(url, { ...how, ...(isPreview ? { credentials: "omit" as const } : {}), headers: { Accept: `${type}, application/problem+json`, ...(csrf ? { "X-CSRF-Token": csrf } : {}), ...more } });
  } catch (error) {
    if (how.signal?.aborted) throw error;
    throw new ServerUnreachable(String(error));
  }
}

function isChange(how: RequestInit): boolean {
  return !["GET", "HEAD"].includes(how.method ?? "GET");
}

/** What is asked at the door itself is not sent there again. */
function isDoor(url: string): boolean {
  return /^\/api\/(session|me)(\?|$)/.test(url);
}

/** A reader who reads a question is not waited for as an answer is. */
async function waited<T>(question: Promise<T>): Promise<T> {
  changed(-1);
  try {
    return await question;
  } finally {
    changed(1);
  }
}

/** The seconds of a Retry-After; null where it says none. */
export function waitOf(header: string | null): number | null {
  const seconds = header?.trim() ? Number(header) : NaN;
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const until = header ? Date.parse(header) : NaN;
  return Number.isNaN(until) ? null : Math.max(1, Math.ceil((until - Date.now()) / 1000));
}

async function answer<T>(url: string): Promise<T> {
  const text = await (await asked(url, "application/json")).text();
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ServerProblem(200, { title: "The answer is not JSON", status: 200, detail: `${url}: ${text.slice(0, 120)}` });
  }
}

function problemOf(text: string, response: Response): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { title: response.statusText || String(response.status), status: response.status };
  }
}

export const part = encodeURIComponent;

/** Which facts count. */
export interface Asked {
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

/** The day and the time of knowledge as a query; "" when neither was chosen. */
export function dated({ asOf, knownAt }: Asked, by: ColourBy | null = null): string {
  const query = new URLSearchParams();
  // A day to come is answered with a forecast; the server knows which days are to come.
  for (const [key, value] of Object.entries({ as_of: asOf, forecast: asOf && "1", known_at: knownAt, by })) if (value) query.set(key, value);
  return query.size ? `?${query.toString()}` : "";
}

export const api = {
  projects: (asked: Asked, language: Language) => getJson<ProjectCollection>(`/api/projects${dated(asked)}`, language),
  project: (code: string, asked: Asked, language: Language) => getJson<Project>(`/api/projects/${part(code)}${dated(asked)}`, language),
  overview: (asked: Asked, language: Language) => getJson<Overview>(`/api/overview${dated(asked)}`, language),
  tasks: (code: string, asked: Asked, language: Language) => getJson<TaskColumns>(`/api/projects/${part(code)}/tasks${dated(asked)}`, language),
  timeline: (knownAt: string | null, language: Language) => getJson<Timeline>(`/api/timeline${dated({ asOf: null, knownAt })}`, language),
  search: (text: string, language: Language) => getJson<Search>(`/api/search?q=${part(text)}`, language),
  legend: (by: ColourBy, language: Language) => getJson<Legend>(`/api/legends/${part(by)}`, language),
  /** One byte per feature row: an index of the legend. */
  states: (model: string, by: ColourBy, asked: Asked, language: Language) => getBytes(`/api/models/${part(model)}/states${dated(asked, by)}`, language),
  scene: (name: string, language: Language) => getJson<SceneJson>(`/api/scenes/${part(name)}`, language),
  style: (theme: string, language: Language) => getJson<StyleSpecification>(`/styles/${part(theme)}.json`, language),
  layers: (language: Language) => getJson<{ layers: CityLayer[] }>("/api/layers", language),
  replaced: (language: Language) => getJson<Replaced>("/api/replaced", language),
  elements: (model: string, language: Language) => getJson<ElementColumns>(`/api/models/${part(model)}/elements`, language),
  ledger: (model: string, language: Language) => getJson<Ledger>(`/api/models/${part(model)}/ledger`, language),
  element: (project: string, globalId: string, asked: Asked, language: Language) =>
    getJson<ElementDetails>(`/api/projects/${part(project)}/elements/${part(globalId)}${dated(asked)}`, language),
};
