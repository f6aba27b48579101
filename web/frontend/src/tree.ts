/** The spatial tree of a model as rows of a list: storeys → classes → elements, or what a search found. Pure. */

import type { ElementColumns } from "./types";
import { className } from "./words/classes";
import type { Language } from "./words/dictionary";

export interface TreeRow {
  readonly kind: "storey" | "class" | "element";
  readonly depth: 0 | 1 | 2;
  /** Names a storey or a class within it; what is open is remembered by it. */
  readonly key: string;
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

/** Elements by storey (in order of elevation, those without one last) and class (in order of their names). */
export function groups(columns: ElementColumns): Group[] {
  const byStorey = new Map<number, Map<number, number[]>>();
  columns.ifc_class.forEach((ifcClass, row) => {
    const storey = columns.storey[row] ?? -1;
    const classes = byStorey.get(storey) ?? new Map<number, number[]>();
    byStorey.set(storey, classes);
    const rows = classes.get(ifcClass);
    if (rows) rows.push(row);
    else classes.set(ifcClass, [row]);
  });
  const height = (storey: number): number => (storey < 0 ? Infinity : columns.storeys[storey]?.elevation ?? Infinity);
  return [...byStorey.entries()].sort(([a], [b]) => height(a) - height(b) || a - b)
    .map(([storey, classes]) => ({ storey, classes, size: [...classes.values()].reduce((sum, rows) => sum + rows.length, 0) }));
}

export function storeyKey(storey: number): string {
  return `s${storey}`;
}

export function classKey(storey: number, ifcClass: number): string {
  return `s${storey}c${ifcClass}`;
}

export function treeRows(columns: ElementColumns, open: ReadonlySet<string>, language: Language, words: { noStorey: string; unnamed: string }): TreeRow[] {
  const rows: TreeRow[] = [];
  for (const group of groups(columns)) {
    const storey = columns.storeys[group.storey];
    const key = storeyKey(group.storey);
    rows.push({ kind: "storey", depth: 0, key, label: storey ? storey.name || words.unnamed : words.noStorey, count: group.size, open: open.has(key), row: -1, elevation: storey?.elevation });
    if (!open.has(key)) continue;
    const named = [...group.classes.entries()].map(([c, members]) => ({ c, members, ifcClass: columns.classes[c] ?? "" }));
    named.sort((a, b) => a.ifcClass.localeCompare(b.ifcClass));
    for (const { c, members, ifcClass } of named) {
      const inner = classKey(group.storey, c);
      rows.push({ kind: "class", depth: 1, key: inner, label: className(ifcClass, language), count: members.length, open: open.has(inner), row: -1, ifcClass });
      if (open.has(inner)) for (const row of members) rows.push(elementRow(columns, row, 2, words.unnamed));
    }
  }
  return rows;
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

function elementRow(columns: ElementColumns, row: number, depth: 0 | 2, unnamed: string): TreeRow {
  return { kind: "element", depth, key: `e${row}`, label: columns.name[row] || unnamed, count: 0, open: false, row, ifcClass: columns.classes[columns.ifc_class[row] ?? -1] };
}
