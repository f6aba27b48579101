/** The only place that asks the server. A request is made because somebody did something: nothing polls. */

import type { StyleSpecification } from "maplibre-gl";

import type { CityLayer, ElementColumns, ElementDetails, Ledger, Problem, Project, ProjectCollection, Replaced, SceneJson } from "./types";
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
    return await answer<T>(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`);
  } finally {
    changed(-1);
  }
}

async function answer<T>(url: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json, application/problem+json" } });
  } catch (error) {
    throw new ServerUnreachable(String(error));
  }
  const text = await response.text();
  if (!response.ok) throw new ServerProblem(response.status, problemOf(text, response));
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ServerProblem(response.status, { title: "The answer is not JSON", status: response.status, detail: `${url}: ${text.slice(0, 120)}` });
  }
}

function problemOf(text: string, response: Response): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { title: response.statusText || String(response.status), status: response.status };
  }
}

const part = encodeURIComponent;

export const api = {
  projects: (language: Language) => getJson<ProjectCollection>("/api/projects", language),
  project: (code: string, language: Language) => getJson<Project>(`/api/projects/${part(code)}`, language),
  scene: (name: string, language: Language) => getJson<SceneJson>(`/api/scenes/${part(name)}`, language),
  style: (theme: string, language: Language) => getJson<StyleSpecification>(`/styles/${part(theme)}.json`, language),
  layers: (language: Language) => getJson<{ layers: CityLayer[] }>("/api/layers", language),
  replaced: (language: Language) => getJson<Replaced>("/api/replaced", language),
  elements: (model: string, language: Language) => getJson<ElementColumns>(`/api/models/${part(model)}/elements`, language),
  ledger: (model: string, language: Language) => getJson<Ledger>(`/api/models/${part(model)}/ledger`, language),
  element: (project: string, globalId: string, language: Language) =>
    getJson<ElementDetails>(`/api/projects/${part(project)}/elements/${part(globalId)}`, language),
};
