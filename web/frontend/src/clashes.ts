/** Clashes as a reader goes through them: what is asked for, in which order they are listed, which one is next. Pure. */

import type { ClashesAnswer, ClashGroupJson, ClashJson, Severity } from "./types";

export const SEVERITIES: readonly Severity[] = ["high", "medium", "low"];
export const STATUSES = ["New", "Active", "Reviewed", "Approved", "Resolved", "ByDesign", "Unchecked"] as const;
/** Those that people give; the others come from runs. */
export const BY_HAND = ["Active", "Reviewed", "Approved", "Resolved", "ByDesign"] as const;
export const TYPES = ["hard", "contained", "duplicate", "clearance", "workflow", "touch"] as const;

/** Every status: resolved ones, those by design, touching pairs as well. */
export const ALL = "all";
export const FILTER_KEYS = ["severity", "status", "type", "storey", "assignee"] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];
/** What is listed; without a status those that still say something. */
export type ClashFilter = Readonly<Partial<Record<FilterKey, string>>>;

const KNOWN: Readonly<Partial<Record<FilterKey, readonly string[]>>> = { severity: SEVERITIES, status: [...STATUSES, ALL], type: TYPES };

/** `severity:high,storey:2F`; null when everything is listed. */
export function filterText(filter: ClashFilter): string | null {
  const texts = FILTER_KEYS.flatMap((key) => (filter[key] ? [`${key}:${encodeURIComponent(filter[key])}`] : []));
  return texts.join(",") || null;
}

/** What `filterText` wrote; what it did not write is left out. */
export function readFilter(text: string | null): ClashFilter {
  const found: Partial<Record<FilterKey, string>> = {};
  for (const item of (text ?? "").split(",")) {
    const [name = "", value = ""] = item.split(":");
    const key = FILTER_KEYS.find((known) => known === name);
    const said = unescaped(value);
    if (key && said && (KNOWN[key]?.includes(said) ?? true)) found[key] = said;
  }
  return found;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** What the server is asked: it hides what is resolved, by design or only touching unless it is named. */
export function queryOf({ status, type }: ClashFilter): string {
  const query = new URLSearchParams();
  if (status === ALL) query.set("all", "1");
  else if (status) query.set("status", status);
  if (type) query.set("type", type);
  return query.size ? `&${query.toString()}` : "";
}

/** Those that fit; the order stays. */
export function fitting(clashes: readonly ClashJson[], { severity, storey, assignee }: ClashFilter): ClashJson[] {
  return clashes.filter((clash) => (!severity || clash.severity === severity) && (!storey || clash.storey === storey) && (!assignee || clash.assignee === assignee));
}

/** Values that a filter can take, in the order of reading. */
export function valuesOf(clashes: readonly ClashJson[], key: "storey" | "assignee"): string[] {
  return [...new Set(clashes.map((clash) => clash[key]).filter(Boolean))].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}

/** Clashes that are one thing to talk about; the worst first. */
export interface Group {
  readonly id: string;
  /** "" where the server has none. */
  readonly title: string;
  readonly clashes: readonly ClashJson[];
}

export function grouped(clashes: readonly ClashJson[], known: readonly ClashGroupJson[]): Group[] {
  const titles = new Map(known.map(({ group, title }) => [group, title]));
  const members = new Map<string, ClashJson[]>();
  for (const clash of [...clashes].sort(worse)) {
    const list = members.get(clash.group) ?? [];
    list.push(clash);
    members.set(clash.group, list);
  }
  const found = [...members].map(([id, list]): Group => ({ id, title: titles.get(id) ?? "", clashes: list }));
  return found.sort((a, b) => rank(worst(a)) - rank(worst(b)) || b.clashes.length - a.clashes.length || worst(b).depth - worst(a).depth || (a.id < b.id ? -1 : 1));
}

export function worst({ clashes }: Group): ClashJson {
  return clashes[0] as ClashJson;
}

function rank({ severity }: ClashJson): number {
  return SEVERITIES.indexOf(severity);
}

function worse(a: ClashJson, b: ClashJson): number {
  return rank(a) - rank(b) || b.depth - a.depth || (a.id < b.id ? -1 : 1);
}

export interface ClashRow {
  readonly key: string;
  readonly group: Group;
  /** Null: the row is that of a whole group. */
  readonly clash: ClashJson | null;
  readonly within: boolean;
}

/** Groups, and the clashes of the open one; a group of one is its clash. */
export function rowsOf(groups: readonly Group[], open: string | null): ClashRow[] {
  return groups.flatMap((group): ClashRow[] => {
    const [only] = group.clashes;
    if (only && group.clashes.length === 1) return [{ key: only.id, group, clash: only, within: false }];
    const head: ClashRow = { key: `group ${group.id}`, group, clash: null, within: false };
    return group.id === open ? [head, ...group.clashes.map((clash) => ({ key: clash.id, group, clash, within: true }))] : [head];
  });
}

/** The clashes in the order of the list. */
export function inOrder(groups: readonly Group[]): ClashJson[] {
  return groups.flatMap(({ clashes }) => clashes);
}

/** The clash `by` steps on; the first one where none is chosen, none beyond the ends. `last`: where a chosen one stood that is listed no more. */
export function stepped(order: readonly ClashJson[], chosen: string | null, by: 1 | -1, last = -1): ClashJson | null {
  const at = order.findIndex(({ id }) => id === chosen);
  if (at >= 0) return order[at + by] ?? null;
  if (chosen !== null && last >= 0) return order[by > 0 ? last : last - 1] ?? null;
  return order[by > 0 ? 0 : order.length - 1] ?? null;
}

/** The clashes of an element, the worst first. */
export function ofElement(clashes: readonly ClashJson[], globalId: string): ClashJson[] {
  return clashes.filter(({ a, b }) => a.global_id === globalId || b.global_id === globalId).sort(worse);
}

export type Summary = ClashesAnswer["projects"][number];

/** The worst severity that is open; null when nothing is. */
export function worstOpen({ severities }: Pick<Summary, "severities">): Severity | null {
  return SEVERITIES.find((severity) => (severities[severity] ?? 0) > 0) ?? null;
}

/** Projects with open clashes, the worst first. */
export function burning(projects: readonly Summary[]): Summary[] {
  const key = ({ severities }: Summary): number[] => SEVERITIES.map((severity) => severities[severity] ?? 0);
  return projects.filter(({ open }) => open > 0).sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    const at = x.findIndex((n, i) => n !== y[i]);
    return at < 0 ? (a.code < b.code ? -1 : 1) : (y[at] as number) - (x[at] as number);
  });
}

export interface Draft {
  readonly status?: (typeof BY_HAND)[number];
  readonly assignee?: string;
  /** "" takes the date away. */
  readonly due?: string;
  readonly comment: string;
}

/** What differs from the clash, as the server is told; null when nothing does. `all`: for all of the group, where the same value may be news. */
export function changeOf(clash: Pick<ClashJson, "status" | "assignee" | "due_date">, { status, assignee, due, comment }: Draft, all: boolean): Record<string, string | null> | null {
  const change: Record<string, string | null> = {};
  if (status !== undefined && (all || status !== clash.status)) change["status"] = status;
  if (assignee !== undefined && (all || assignee.trim() !== clash.assignee)) change["assignee"] = assignee.trim();
  if (due !== undefined && (all || (due || null) !== clash.due_date)) change["due_date"] = due || null;
  if (comment.trim()) change["comment"] = comment.trim();
  return Object.keys(change).length ? change : null;
}

/** How wide the overlap is, metres: the longest way through its box. */
export function boxSize(corners: readonly (readonly number[])[]): number {
  const [low, high] = [corners[0], corners.at(-1)];
  if (!low || !high) return 0;
  const north = ((high[1] ?? 0) - (low[1] ?? 0)) * 111319.5;
  const east = ((high[0] ?? 0) - (low[0] ?? 0)) * 111319.5 * Math.cos(((low[1] ?? 0) * Math.PI) / 180);
  return Math.hypot(north, east, (high[2] ?? 0) - (low[2] ?? 0));
}
