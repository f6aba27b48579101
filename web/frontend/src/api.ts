/** The only place that asks the server. A request is made because somebody did something: nothing polls but the months while they are being judged. */

import type { StyleSpecification } from "maplibre-gl";

import { addressOf, elementOf, fileOf, isElement, isStatic } from "./static";
import type { CityLayer, ElementColumns, ElementDetails, Ledger, Legend, Overview, Problem, Project, ProjectCollection, Replaced, SceneJson, Search, TaskColumns, Timeline } from "./types";
import type { ColourBy } from "./url";
import type { Language } from "./words/dictionary";

/** The server answered, and said no. */
export class ServerProblem extends Error {
  constructor(readonly status: number, readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

/** The server did not answer. */
export class ServerUnreachable extends Error {}

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

async function asked(url: string, type: string, more: Readonly<Record<string, string>> = {}, how: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...how, headers: { Accept: `${type}, application/problem+json`, ...more } });
  } catch (error) {
    throw new ServerUnreachable(String(error));
  }
  if (!response.ok) throw new ServerProblem(response.status, problemOf(await response.text(), response));
  return response;
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
