/** What the page shows, as one value, and what it knows, as a cache of the server's answers. */

import { api, ServerProblem, ServerUnreachable } from "./api";
import type { Bounds, CityFeature, CityLayer, ClashDetails, ClashesAnswer, ClashGroups, ElementColumns, ElementDetails, Ledger, Legend, LegendEntry, Me, Model, Overview, Project, ProjectCollection, Replaced, Search, TaskColumns, Timeline } from "./types";
import type { CityAs, ColourBy } from "./url";
import type { Section } from "./bim/section";
import { clashApi } from "./clash-api";
import type { ClashFilter } from "./clashes";
import { sees } from "./identity";
import type { Selection } from "./bim/visibility";
import type { Measure } from "./measuring";
import { sayIn, type Language, type Word } from "./words/dictionary";

export type Theme = "light" | "dark";

export interface ModelInView {
  readonly model: string;
  readonly project: string;
}

/** A place that a search found, degrees. */
export interface FoundPlace {
  readonly name: string;
  readonly longitude: number;
  readonly latitude: number;
}

export interface State {
  readonly language: Language;
  readonly theme: Theme;
  readonly project: string | null;
  readonly model: string | null;
  readonly element: string | null;
  /** The day that is looked at and what was known then; null: the twin's own day, all that is recorded. */
  readonly asOf: string | null;
  readonly knownAt: string | null;
  /** What colours the elements; null: their materials. */
  readonly by: ColourBy | null;
  /** What stands for a project on the city map: its mark, a column, or its whole district in one colour. */
  readonly cityAs: CityAs;
  /** A second day, shown left of a divider that stands at this share of the map's width; null: one day only. */
  readonly compare: string | null;
  readonly split: number;
  /** The days run by. */
  readonly playing: boolean;
  readonly listOpen: boolean;
  readonly shareOpen: boolean;
  readonly searchOpen: boolean;
  /** The step of the guided first visit; null: it is not shown. */
  readonly tour: number | null;
  /** What the next clicks on a building measure. */
  readonly tool: "length" | "height" | "area" | null;
  /** What was measured so far. */
  readonly measure: Measure;
  /** The plane that cuts all models open, and whether its dialog is open. */
  readonly section: Section | null;
  readonly sectionOpen: boolean;
  /** Models that are near enough to be looked into. */
  readonly inView: readonly ModelInView[];
  /** Model → what is shown of it; a model without an entry is shown whole. */
  readonly shows: ReadonlyMap<string, Selection>;
  readonly layersOpen: boolean;
  /** City layers that are switched off. */
  readonly hidden: ReadonlySet<string>;
  /** The feature of a city layer that was clicked. */
  readonly feature: CityFeature | null;
  /** The place that was searched for, marked until something else is selected. */
  readonly place: FoundPlace | null;
  /** Models whose spaces are shown, whose parts below the ground are shown. */
  readonly spaces: ReadonlySet<string>;
  readonly below: ReadonlySet<string>;
  /** Clashes are listed: those of the project, else how many each project has; which group is open, which clash is looked at. */
  readonly clashes: boolean;
  readonly clashGroup: string | null;
  readonly clash: string | null;
  readonly clashFilter: ClashFilter;
  /** Who looks at the page; null until the server has said. */
  readonly me: Me | null;
  /** Somebody is asked to sign in: because they want to, or because what they asked for needs it. */
  readonly signIn: "wanted" | "needed" | null;
  readonly accountOpen: boolean;
  /** The panel for work beside the map. */
  readonly desk: Desk | null;
  /** Where a model that is not in the city yet would stand. */
  readonly footprint: Footprint | null;
}

export type Desk = "uploads" | "administration";

export interface Footprint {
  readonly name: string;
  readonly longitude: number;
  readonly latitude: number;
  /** Degrees; null: only the point is known. */
  readonly bounds: Bounds | null;
}

export type Changed = ReadonlySet<keyof State | "data">;

export class Store {
  private readonly listeners = new Set<(changed: Changed) => void>();
  readonly cache = new Cache(this);

  constructor(private value: State) {}

  get state(): State {
    return this.value;
  }

  /** The shapes and colours of lights; empty until they have come. */
  lights = (): readonly LegendEntry[] => this.cache.legend("light").value?.entries ?? [];

  say = (word: Word, values: Readonly<Record<string, string | number>> = {}): string => sayIn(this.value.language, word, values);

  update(patch: Partial<State>): void {
    const keys = (Object.keys(patch) as (keyof State)[]).filter((key) => patch[key] !== this.value[key]);
    if (!keys.length) return;
    this.value = { ...this.value, ...patch };
    if (keys.includes("language")) this.cache.clear();
    else if (keys.includes("asOf") || keys.includes("knownAt")) this.cache.clear(DATED);
    this.tell(new Set(keys));
  }

  /** Ask the server again for answers whose name begins so. */
  forget(prefix: string): void {
    this.cache.clear(prefix);
    this.tell(new Set(["data"]));
  }

  tell(changed: Changed): void {
    for (const listener of [...this.listeners]) listener(changed);
  }

  /** Returns how to stop. */
  subscribe(listener: (changed: Changed) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Add to or take from a set of models, or of city layers. */
  toggle(key: "spaces" | "below" | "hidden", model: string, on: boolean): void {
    const next = new Set(this.value[key]);
    if (on) next.add(model);
    else next.delete(model);
    this.update({ [key]: next });
  }
}

/** Answers that depend on the day begin so. */
const DATED = "on the day ";

/** Answers that a change of a clash makes old begin so. */
export const CLASHES = "clashes ";

type Slot<T> = { value?: T; error?: Error; promise: Promise<T> };

/** Answers of the server, asked once each and forgotten when the language changes: sentences come in one language; figures when the day does. */
export class Cache {
  private slots = new Map<string, Slot<unknown>>();
  /** What was known in the other language or of the other day: shown until the new answer comes, so that nothing flickers. */
  private old = new Map<string, Slot<unknown>>();

  constructor(private readonly store: Store) {}

  clear(prefix = ""): void {
    const kept = [...this.slots].filter(([key]) => !key.startsWith(prefix));
    this.old = this.slots;
    this.slots = new Map(kept);
  }

  /** What is known now; asks when nothing is, and tells the store's listeners when it has come. */
  take<T>(key: string, ask: (language: Language) => Promise<T>): Slot<T> {
    const known = this.slots.get(key) as Slot<T> | undefined;
    if (known) return known;
    const slot: Slot<T> = { promise: ask(this.store.state.language), value: this.old.get(key)?.value as T | undefined };
    this.slots.set(key, slot as Slot<unknown>);
    slot.promise.then((value) => { slot.value = value; }, (error: Error) => { slot.error = error; })
      .finally(() => { if (this.slots.get(key) === slot) this.store.tell(new Set(["data"])); });
    return slot;
  }

  projects = (): Slot<ProjectCollection> => this.take(`${DATED}projects`, (l) => api.projects(this.store.state, l));
  project = (code: string): Slot<Project> => {
    const key = `${DATED}project ${code}`;
    const known = this.old.get(key)?.value as Project | undefined;
    return this.take(key, async (l) => sameModels(await api.project(code, this.store.state, l), known));
  };
  overview = (): Slot<Overview> => this.take(`${DATED}overview`, (l) => api.overview(this.store.state, l));
  tasks = (code: string): Slot<TaskColumns> => this.take(`${DATED}tasks ${code}`, (l) => api.tasks(code, this.store.state, l));
  timeline = (): Slot<Timeline> => this.take(`timeline ${this.store.state.knownAt ?? ""}`, (l) => api.timeline(this.store.state.knownAt, l));
  search = (text: string): Slot<Search> => this.take(`search ${text}`, (l) => api.search(text, l));
  legend = (by: ColourBy): Slot<Legend> => this.take(`legend ${by}`, (l) => api.legend(by, l));
  elements = (model: string): Slot<ElementColumns> => this.take(`elements ${model}`, (l) => api.elements(model, l));
  layers = (): Slot<{ layers: CityLayer[] }> => this.take("layers", api.layers);
  replaced = (): Slot<Replaced> => this.take("replaced", api.replaced);
  ledger = (model: string): Slot<Ledger> => this.take(`ledger ${model}`, (l) => api.ledger(model, l));
  element = (project: string, id: string): Slot<ElementDetails> => this.take(`${DATED}element ${project} ${id}`, (l) => api.element(project, id, this.store.state, l));

  /** Without a project: how many each of them has. */
  clashes = (project: string | null, query = ""): Slot<ClashesAnswer> => this.take(`${CLASHES}of ${project ?? ""}?${query}`, (l) => clashApi.list(project, query, l));
  clashGroups = (project: string, query = ""): Slot<ClashGroups> => this.take(`${CLASHES}groups ${project}?${query}`, (l) => clashApi.groups(project, query, l));
  clash = (id: string): Slot<ClashDetails> => this.take(`${CLASHES}one ${id}`, (l) => clashApi.one(id, l));

  /** Are a project's elements, or its clashes, shown to who looks at the page. */
  sees(project: string, what: "elements" | "clashes"): boolean {
    return sees(this.store.state.me, project, what, () => (what === "clashes"
      ? Boolean(this.clashes(project).value?.projects.find(({ code }) => code === project)?.last_run)
      // What a file says of its own place is told with its elements, and not without.
      : Boolean(this.project(project).value?.models.some(({ georeference }) => georeference.present.length > 0))));
  }

  /** The model's facts, when its project has come already. */
  model(project: string | null, model: string | null): Model | undefined {
    if (!project || !model) return undefined;
    return this.project(project).value?.models.find((m) => m.model === model);
  }
}

/** A project of another day with the very models of before, if they are the same: what shows them need not be drawn anew. */
function sameModels(project: Project, known: Project | undefined): Project {
  return known && JSON.stringify(known.models) === JSON.stringify(project.models) ? { ...project, models: known.models } : project;
}

/** An error as a sentence that says what to do next. */
export function sentenceOf(error: Error, say: Store["say"]): string {
  if (error instanceof ServerUnreachable) return say("server_unreachable");
  if (error instanceof ServerProblem && error.status === 429) return error.wait === null ? say("too_many") : say("too_many_wait", { n: error.wait });
  // What the server refuses it says in a sentence of its own.
  if (error instanceof ServerProblem && [400, 401, 403, 404, 409, 413, 422].includes(error.status) && error.problem.detail) return error.message;
  if (error instanceof ServerProblem) return say("server_error", { detail: error.message });
  return say("renderer_error", { detail: error.message });
}
