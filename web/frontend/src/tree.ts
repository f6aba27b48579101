/** The parts of a model as rows of a list, by storey, by class or by system, or what a search found. Pure. */

import { keyOf, type PartKey } from "./bim/visibility";
import type { ElementColumns } from "./types";
import { className } from "./words/classes";
import type { Language } from "./words/dictionary";

/** Storeys → classes → elements, classes → elements, or systems → elements. */
export const GROUPINGS = ["storeys", "classes", "systems"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface TreeRow {
  readonly kind: "storey" | "class" | "system" | "element";
  readonly depth: 0 | 1 | 2;
  /** Names a row among its siblings' children; what is open is remembered by it. */
  readonly key: string;
  /** What is hidden or isolated when this row is. */
  readonly part: PartKey;
  readonly label: string;
  readonly count: number;
  readonly open: boolean;
  /** Feature row of an element, -1 otherwise. */
  readonly row: number;
  readonly elevation?: number;
  readonly ifcClass?: string;
}

interface Group {
  readonly storey: number;
  readonly classes: Map<number, number[]>;
  readonly size: number;
}

interface Words {
  readonly noStorey: string;
  readonly unnamed: string;
}

/** Elements by storey (in order of elevation, those without one last) and class (in order of their names). */
export function groups(columns: ElementColumns): Group[] {
  const byStorey = new Map<number, Map<number, number[]>>();
  columns.ifc_class.forEach((ifcClass, row) => {
    const storey = columns.storey[row] ?? -1;
    const classes = byStorey.get(storey) ?? new Map<number, number[]>();
    byStorey.set(storey, classes);
    add(classes, ifcClass, row);
  });
  const height = (storey: number): number => (storey < 0 ? Infinity : columns.storeys[storey]?.elevation ?? Infinity);
  return [...byStorey.entries()].sort(([a], [b]) => height(a) - height(b) || a - b)
    .map(([storey, classes]) => ({ storey, classes, size: [...classes.values()].reduce((sum, rows) => sum + rows.length, 0) }));
}

function add(classes: Map<number, number[]>, ifcClass: number, row: number): void {
  const rows = classes.get(ifcClass);
  if (rows) rows.push(row);
  else classes.set(ifcClass, [row]);
}

export function storeyKey(storey: number): string {
  return `s${storey}`;
}

export function classKey(storey: number, ifcClass: number): string {
  return `s${storey}c${ifcClass}`;
}

/** Keys of the rows that must be open for a feature row to be seen. */
export function keysTo(columns: ElementColumns, row: number, grouping: Grouping): string[] {
  const [storey, ifcClass] = [columns.storey[row] ?? -1, columns.ifc_class[row] ?? -1];
  if (grouping === "storeys") return [storeyKey(storey), classKey(storey, ifcClass)];
  if (grouping === "classes") return [`c${ifcClass}`];
  const system = (columns.systems ?? []).findIndex(({ rows }) => rows.includes(row));
  return system < 0 ? [] : [`y${system}`];
}

export function treeRows(columns: ElementColumns, open: ReadonlySet<string>, language: Language, words: Words, grouping: Grouping = "storeys"): TreeRow[] {
  if (grouping === "classes") return classRows(columns, open, language, words);
  if (grouping === "systems") return systemRows(columns, open, language, words);
  const rows: TreeRow[] = [];
  for (const group of groups(columns)) {
    const storey = columns.storeys[group.storey];
    const key = storeyKey(group.storey);
    rows.push({
      kind: "storey", depth: 0, key, part: keyOf.storey(columns, group.storey), label: storey ? storey.name || words.unnamed : words.noStorey,
      count: group.size, open: open.has(key), row: -1, elevation: storey?.elevation,
    });
    if (!open.has(key)) continue;
    for (const [c, ifcClass] of named(columns, group.classes.keys())) {
      const inner = classKey(group.storey, c);
      const members = group.classes.get(c) ?? [];
      rows.push({ kind: "class", depth: 1, key: inner, part: keyOf.part(columns, group.storey, ifcClass), label: className(ifcClass, language), count: members.length, open: open.has(inner), row: -1, ifcClass });
      if (open.has(inner)) for (const row of members) rows.push(elementRow(columns, row, 2, words.unnamed));
    }
  }
  return rows;
}

function classRows(columns: ElementColumns, open: ReadonlySet<string>, language: Language, words: Words): TreeRow[] {
  const classes = new Map<number, number[]>();
  columns.ifc_class.forEach((ifcClass, row) => add(classes, ifcClass, row));
  return named(columns, classes.keys()).flatMap(([c, ifcClass]) => {
    const members = classes.get(c) ?? [];
    const key = `c${c}`;
    const head: TreeRow = { kind: "class", depth: 0, key, part: keyOf.class(ifcClass), label: className(ifcClass, language), count: members.length, open: open.has(key), row: -1, ifcClass };
    return [head, ...(head.open ? members.map((row) => elementRow(columns, row, 1, words.unnamed)) : [])];
  });
}

function systemRows(columns: ElementColumns, open: ReadonlySet<string>, language: Language, words: Words): TreeRow[] {
  return (columns.systems ?? []).flatMap(({ name, ifc_class: ifcClass, rows: members }, i) => {
    const key = `y${i}`;
    const head: TreeRow = { kind: "system", depth: 0, key, part: keyOf.system(name), label: name || className(ifcClass, language), count: members.length, open: open.has(key), row: -1, ifcClass };
    return [head, ...(head.open ? members.map((row) => elementRow(columns, row, 1, words.unnamed)) : [])];
  });
}

function named(columns: ElementColumns, classes: Iterable<number>): [number, string][] {
  return [...classes].map((c): [number, string] => [c, columns.classes[c] ?? ""]).sort(([, a], [, b]) => a.localeCompare(b));
}

/** Elements whose name or GlobalId contains the text, whatever the case. */
export function searchRows(columns: ElementColumns, text: string, unnamed: string): TreeRow[] {
  const wanted = text.trim().toLocaleLowerCase();
  const found: TreeRow[] = [];
  columns.global_id.forEach((id, row) => {
    if (id.toLowerCase().includes(wanted) || columns.name[row]?.toLocaleLowerCase().includes(wanted)) found.push(elementRow(columns, row, 0, unnamed));
  });
  return found;
}

function elementRow(columns: ElementColumns, row: number, depth: 0 | 1 | 2, unnamed: string): TreeRow {
  return { kind: "element", depth, key: `e${row}`, part: keyOf.row(row), label: columns.name[row] || unnamed, count: 0, open: false, row, ifcClass: columns.classes[columns.ifc_class[row] ?? -1] };
}
