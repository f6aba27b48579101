/** What the page shows, as one value, and what it knows, as a cache of the server's answers. */

import { api, ServerProblem, ServerUnreachable } from "./api";
import type { CityFeature, CityLayer, ElementColumns, ElementDetails, Ledger, Model, Project, ProjectCollection, Replaced } from "./types";
import { sayIn, type Language, type Word } from "./words/dictionary";

export type Theme = "light" | "dark";

export interface State {
  readonly language: Language;
  readonly theme: Theme;
  readonly project: string | null;
  readonly model: string | null;
  readonly element: string | null;
  readonly listOpen: boolean;
  readonly layersOpen: boolean;
  /** City layers that are switched off. */
  readonly hidden: ReadonlySet<string>;
  /** The feature of a city layer that was clicked. */
  readonly feature: CityFeature | null;
  /** Models whose spaces are shown, whose parts below the ground are shown. */
  readonly spaces: ReadonlySet<string>;
  readonly below: ReadonlySet<string>;
}

export type Changed = ReadonlySet<keyof State | "data">;

export class Store {
  private readonly listeners = new Set<(changed: Changed) => void>();
  readonly cache = new Cache(this);

  constructor(private value: State) {}

  get state(): State {
    return this.value;
  }

  say = (word: Word, values: Readonly<Record<string, string | number>> = {}): string => sayIn(this.value.language, word, values);

  update(patch: Partial<State>): void {
    const keys = (Object.keys(patch) as (keyof State)[]).filter((key) => patch[key] !== this.value[key]);
    if (!keys.length) return;
    this.value = { ...this.value, ...patch };
    if (keys.includes("language")) this.cache.clear();
    this.tell(new Set(keys));
  }

  tell(changed: Changed): void {
    for (const listener of [...this.listeners]) listener(changed);
  }

  subscribe(listener: (changed: Changed) => void): void {
    this.listeners.add(listener);
  }

  /** Add to or take from a set of models, or of city layers. */
  toggle(key: "spaces" | "below" | "hidden", model: string, on: boolean): void {
    const next = new Set(this.value[key]);
    if (on) next.add(model);
    else next.delete(model);
    this.update({ [key]: next });
  }
}

type Slot<T> = { value?: T; error?: Error; promise: Promise<T> };

/** Answers of the server, asked once each and forgotten when the language changes: sentences come in one language. */
export class Cache {
  private slots = new Map<string, Slot<unknown>>();
  /** What was known in the other language: shown until the new answer comes, so that nothing flickers. */
  private old = new Map<string, Slot<unknown>>();

  constructor(private readonly store: Store) {}

  clear(): void {
    this.old = this.slots;
    this.slots = new Map();
  }

  /** What is known now; asks when nothing is, and tells the store's listeners when it has come. */
  private take<T>(key: string, ask: (language: Language) => Promise<T>): Slot<T> {
    const known = this.slots.get(key) as Slot<T> | undefined;
    if (known) return known;
    const slot: Slot<T> = { promise: ask(this.store.state.language), value: this.old.get(key)?.value as T | undefined };
    this.slots.set(key, slot as Slot<unknown>);
    slot.promise.then((value) => { slot.value = value; }, (error: Error) => { slot.error = error; })
      .finally(() => { if (this.slots.get(key) === slot) this.store.tell(new Set(["data"])); });
    return slot;
  }

  projects = (): Slot<ProjectCollection> => this.take("projects", api.projects);
  project = (code: string): Slot<Project> => this.take(`project ${code}`, (l) => api.project(code, l));
  elements = (model: string): Slot<ElementColumns> => this.take(`elements ${model}`, (l) => api.elements(model, l));
  layers = (): Slot<{ layers: CityLayer[] }> => this.take("layers", api.layers);
  replaced = (): Slot<Replaced> => this.take("replaced", api.replaced);
  ledger = (model: string): Slot<Ledger> => this.take(`ledger ${model}`, (l) => api.ledger(model, l));
  element = (project: string, id: string): Slot<ElementDetails> => this.take(`element ${project} ${id}`, (l) => api.element(project, id, l));

  /** The model's facts, when its project has come already. */
  model(project: string | null, model: string | null): Model | undefined {
    if (!project || !model) return undefined;
    return this.project(project).value?.models.find((m) => m.model === model);
  }
}

/** An error as a sentence that says what to do next. */
export function sentenceOf(error: Error, say: Store["say"]): string {
  if (error instanceof ServerUnreachable) return say("server_unreachable");
  if (error instanceof ServerProblem) return say("server_error", { detail: error.message });
  return say("renderer_error", { detail: error.message });
}
