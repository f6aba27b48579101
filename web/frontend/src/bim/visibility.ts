/**
 * What of a model is shown: parts are hidden, or isolated (only they are shown, the rest hidden or ghosts). Pure.
 *
 * The controller keeps a `Selection` per model, changes it with `hidden`, `shown`, `isolated` and `EVERYTHING`, gives
 * `visibleRows(columns, selection)` to `ModelPaint.show`, and writes `visibilityText` into the address. A tree asks
 * `countVisible` once per change for the state of all its nodes.
 */

import type { ElementColumns } from "../types";
import { GHOST, HIDDEN, SHOWN } from "./paint";

/** What the choice is made from; `systems` where the server tells them. */
export interface VisibilityColumns extends Pick<ElementColumns, "ifc_class" | "storey" | "classes" | "storeys"> {
  readonly systems?: readonly { readonly name: string; readonly rows: readonly number[] }[];
}

/**
 * A part of a model: `storey:GlobalId` ("" for what is in none), `class:IfcWall`, `part:GlobalId/IfcWall` (a class within
 * a storey), `system:name`, `row:12` (a feature row).
 */
export type PartKey = `${"storey" | "class" | "part" | "system" | "row"}:${string}`;

export interface Selection {
  readonly hidden: ReadonlySet<PartKey>;
  /** Isolated: only these are shown; empty: all. What is also in `hidden` stays hidden. */
  readonly only: ReadonlySet<PartKey>;
  /** What is not isolated is a ghost instead of being absent. */
  readonly ghostRest: boolean;
}

export const EVERYTHING: Selection = { hidden: new Set(), only: new Set(), ghostRest: true };

export const keyOf = {
  storey: (columns: VisibilityColumns, storey: number): PartKey => `storey:${storeyId(columns, storey)}`,
  class: (ifcClass: string): PartKey => `class:${ifcClass}`,
  part: (columns: VisibilityColumns, storey: number, ifcClass: string): PartKey => `part:${storeyId(columns, storey)}/${ifcClass}`,
  system: (name: string): PartKey => `system:${name}`,
  row: (row: number): PartKey => `row:${row}`,
};

function storeyId(columns: VisibilityColumns, storey: number): string {
  return columns.storeys[storey]?.global_id ?? "";
}

/** SHOWN, GHOST or HIDDEN for each feature row, (rows) uint8. */
export function visibleRows(columns: VisibilityColumns, { hidden, only, ghostRest }: Selection): Uint8Array {
  const out = new Uint8Array(columns.ifc_class.length);
  if (only.size) {
    out.fill(ghostRest ? GHOST : HIDDEN);
    mark(columns, only, out, SHOWN);
  }
  mark(columns, hidden, out, HIDDEN);
  return out;
}

/** The feature rows of a part, ascending. */
export function rowsOf(columns: VisibilityColumns, key: PartKey): number[] {
  const marks = new Uint8Array(columns.ifc_class.length);
  mark(columns, [key], marks, 1);
  return [...marks.keys()].filter((row) => marks[row]);
}

/** Write `value` for every row of the parts. */
function mark(columns: VisibilityColumns, keys: Iterable<PartKey>, out: Uint8Array, value: number): void {
  const named = new Set(keys);
  if (!named.size) return;
  const classes = columns.classes.map((name) => named.has(`class:${name}`));
  const ids = [...columns.storeys.map((storey) => storey.global_id), ""];
  const storeys = ids.map((id) => named.has(`storey:${id}`));
  const parted = [...named].some((key) => key.startsWith("part:"));
  const parts = parted ? ids.map((id) => columns.classes.map((name) => named.has(`part:${id}/${name}`))) : [];
  for (let row = 0; row < out.length; row++) {
    const known = columns.storeys[columns.storey[row] ?? -1] ? (columns.storey[row] as number) : ids.length - 1;
    const ifcClass = columns.ifc_class[row] as number;
    if (classes[ifcClass] || storeys[known] || parts[known]?.[ifcClass]) out[row] = value;
  }
  for (const system of columns.systems ?? []) {
    if (named.has(`system:${system.name}`)) for (const row of system.rows) if (row < out.length) out[row] = value;
  }
  for (const key of named) {
    const row = key.startsWith("row:") ? Number(key.slice(4)) : -1;
    if (row >= 0 && row < out.length) out[row] = value;
  }
}

/** Hide a part. */
export function hidden(selection: Selection, key: PartKey): Selection {
  return { ...selection, hidden: new Set([...selection.hidden, key]) };
}

/** Show only these parts; none: all again, except what is hidden. */
export function isolated(selection: Selection, keys: Iterable<PartKey>, ghostRest = selection.ghostRest): Selection {
  return { hidden: selection.hidden, only: new Set(keys), ghostRest };
}

/** Show a part, whatever hid it; all else stays as it is. */
export function shown(columns: VisibilityColumns, selection: Selection, key: PartKey): Selection {
  const wanted = new Set(rowsOf(columns, key));
  const kept = new Set<PartKey>();
  for (const one of selection.hidden) {
    if (one === key) continue;
    const rows = rowsOf(columns, one);
    if (!rows.some((row) => wanted.has(row))) kept.add(one);
    else for (const row of rows) if (!wanted.has(row)) kept.add(`row:${row}`);
  }
  const only = selection.only.size && !selection.only.has(key) ? new Set([...selection.only, key]) : selection.only;
  return { ...selection, hidden: kept, only };
}

export interface Counts {
  shown: number;
  ghost: number;
  hidden: number;
}

/** How many rows of every storey, class, part and system are shown, ghosts and hidden: what a tree's marks say. */
export function countVisible(columns: VisibilityColumns, states: Uint8Array): Map<PartKey, Counts> {
  const found = new Map<PartKey, Counts>();
  const add = (key: PartKey, row: number): void => {
    const counts = found.get(key) ?? { shown: 0, ghost: 0, hidden: 0 };
    found.set(key, counts);
    const state = states[row] ?? SHOWN;
    if (state === SHOWN) counts.shown += 1;
    else if (state === GHOST) counts.ghost += 1;
    else counts.hidden += 1;
  };
  columns.ifc_class.forEach((ifcClass, row) => {
    const [storey, name] = [columns.storey[row] ?? -1, columns.classes[ifcClass] ?? ""];
    for (const key of [keyOf.storey(columns, storey), keyOf.class(name), keyOf.part(columns, storey, name)]) add(key, row);
  });
  for (const system of columns.systems ?? []) for (const row of system.rows) add(keyOf.system(system.name), row);
  return found;
}

const LETTERS = { storey: "s", class: "c", part: "p", system: "y" } as const;
const KINDS: Readonly<Record<string, keyof typeof LETTERS>> = { s: "storey", c: "class", p: "part", y: "system" };
/** An address must not make the page count for seconds: single rows beyond so many are not read. */
const MOST_ROWS = 200_000;

/**
 * A selection as short text of characters that an address keeps as they are; "" when everything is shown.
 *
 * Items are separated by dots: `g` ghosts, hidden parts, then `o` and the isolated parts. Rows are runs: `r3-17`.
 */
export function visibilityText({ hidden: out, only, ghostRest }: Selection): string {
  if (!out.size && !only.size) return "";
  return [...(ghostRest ? ["g"] : []), ...items(out), ...(only.size ? ["o", ...items(only)] : [])].join(".");
}

function items(keys: ReadonlySet<PartKey>): string[] {
  const rows: number[] = [];
  const texts: string[] = [];
  for (const key of keys) {
    const colon = key.indexOf(":");
    const [kind, value] = [key.slice(0, colon), key.slice(colon + 1)];
    if (kind === "row") rows.push(Number(value));
    else texts.push(LETTERS[kind as keyof typeof LETTERS] + escaped(value));
  }
  return [...texts.sort(), ...runs(rows.sort((a, b) => a - b))];
}

function runs(rows: readonly number[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < rows.length; ) {
    let j = i;
    while (rows[j + 1] === (rows[j] as number) + 1) j++;
    texts.push(i === j ? `r${rows[i]}` : `r${rows[i]}-${rows[j]}`);
    i = j + 1;
  }
  return texts;
}

/** The selection that `visibilityText` wrote; what it did not write is left out. */
export function readVisibility(text: string | null): Selection {
  if (!text) return EVERYTHING;
  const [out, only] = [new Set<PartKey>(), new Set<PartKey>()];
  let [ghostRest, into, left] = [false, out, MOST_ROWS];
  for (const item of text.split(".")) {
    const [letter, rest] = [item[0] ?? "", item.slice(1)];
    const kind = KINDS[letter];
    if (item === "g") ghostRest = true;
    else if (item === "o") into = only;
    else if (kind) {
      const value = unescaped(rest);
      if (value !== null) into.add(`${kind}:${value}`);
    } else if (letter === "r") left -= readRun(rest, into, left);
  }
  return { hidden: out, only, ghostRest };
}

/** Add the rows of a run, at most `most`; returns how many. */
function readRun(text: string, into: Set<PartKey>, most: number): number {
  const [, from, to] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(text) ?? [];
  if (from === undefined) return 0;
  const count = Math.max(0, Math.min(most, Number(to ?? from) - Number(from) + 1));
  for (let i = 0; i < count; i++) into.add(`row:${Number(from) + i}`);
  return count;
}

/** Half of a surrogate pair, which no address can hold. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Letters, digits, `_` and `-` stay; everything else is `*` and the hexadecimal digits of its UTF-8 bytes, as `%` in an address. */
function escaped(value: string): string {
  return encodeURIComponent(value.replace(LONE, "\ufffd")).replace(/[.!~*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll("%", "*");
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("*", "%"));
  } catch {
    return null;
  }
}
