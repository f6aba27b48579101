/** What a reader does to what is shown of the models: hide, show, isolate, everything again; and its text in the address. Pure. */

import { GHOST, SHOWN } from "./bim/paint";
import { EVERYTHING, hidden, isolated, readVisibility, shown, visibilityText, type Counts, type PartKey, type Selection, type VisibilityColumns } from "./bim/visibility";

export type Shows = ReadonlyMap<string, Selection>;

/** How a part is shown: all of it, some of it, as a ghost, or not at all. */
export type Shown = "all" | "some" | "ghost" | "none";

export function shownAs({ shown: seen, ghost, hidden: out }: Counts): Shown {
  if (seen) return ghost || out ? "some" : "all";
  return ghost ? "ghost" : "none";
}

/** How a feature row is shown; null: everything is. */
export function rowShownAs(states: Uint8Array | null, row: number): Shown {
  const state = states?.[row] ?? SHOWN;
  return state === SHOWN ? "all" : state === GHOST ? "ghost" : "none";
}

/** Hide a part that is shown, even if only some of it is; show one that is not. */
export function toggled(columns: VisibilityColumns, selection: Selection, part: PartKey, now: Shown): Selection {
  return now === "all" || now === "some" ? hidden(selection, part) : shown(columns, selection, part);
}

export function isOnly(selection: Selection, part: PartKey): boolean {
  return selection.only.size === 1 && selection.only.has(part);
}

/** Show this part only, whatever hid it; once more: all again, except what was hidden. */
export function onlyThis(columns: VisibilityColumns, selection: Selection, part: PartKey): Selection {
  if (isOnly(selection, part)) return isolated(selection, []);
  return isolated(shown(columns, isolated(selection, []), part), [part]);
}

export function isWhole(selection: Selection | undefined): boolean {
  return !selection || (!selection.hidden.size && !selection.only.size);
}

/** The map with another selection for a model; one that says nothing has no entry. */
export function withSelection(shows: Shows, model: string, selection: Selection): Shows {
  const next = new Map(shows);
  if (isWhole(selection) && selection.ghostRest === EVERYTHING.ghostRest) next.delete(model);
  else next.set(model, selection);
  return next;
}

/** So many models of an address are read. */
const MOST_MODELS = 64;

/** One text per model of which not everything is shown: what is shown of it, a colon, its id. */
export function showsTexts(shows: Shows): string[] {
  return [...shows].filter(([, selection]) => !isWhole(selection)).map(([model, selection]) => `${visibilityText(selection)}:${model}`);
}

/** What `showsTexts` wrote; what it did not write is left out. */
export function readShows(texts: readonly string[]): Shows {
  let shows: Shows = new Map();
  for (const text of texts.slice(0, MOST_MODELS)) {
    const colon = text.indexOf(":");
    const [selection, model] = [readVisibility(text.slice(0, Math.max(0, colon))), text.slice(colon + 1)];
    if (colon > 0 && model && !isWhole(selection)) shows = withSelection(shows, model, selection);
  }
  return shows;
}
