/** A model's elements: the tree, and a search in it. */

import { h, icon, ICONS, replace } from "../dom";
import type { Store } from "../store";
import { classKey, searchRows, storeyKey, treeRows, type TreeRow } from "../tree";
import type { ElementColumns } from "../types";
import { count, metres } from "../words/format";
import { VirtualList } from "./virtual-list";

export interface TreePanel {
  readonly element: HTMLElement;
  /** The selection or the known elements changed. */
  refresh: () => void;
}

export function modelTree(model: string, store: Store, onPick: (globalId: string) => void, onHover: (row: number) => void): TreePanel {
  const open = new Set<string>();
  let text = "";
  let columns: ElementColumns | undefined;
  let shown: string | null = null;
  const info = h("p", { class: "soft tree-info", role: "status" });
  const act = (item: TreeRow, key: string): boolean => {
    if (item.kind === "element") {
      if (key !== "Enter" && key !== " ") return false;
      onPick(columns?.global_id[item.row] ?? "");
      return true;
    }
    const opens = key === "ArrowRight" ? true : key === "ArrowLeft" ? false : key === "Enter" || key === " " ? !item.open : null;
    if (opens === null) return false;
    if (opens) open.add(item.key);
    else open.delete(item.key);
    draw();
    return true;
  };
  const list = new VirtualList<TreeRow>(store.say("tree"), (item) => treeRow(item, columns, store, { onPick, onHover, toggle: (row) => act(row, "Enter") }), act);
  const search = h("input", {
    type: "search", class: "search", placeholder: store.say("search"), "aria-label": store.say("search"), "data-focus": "search", spellcheck: "false", autocomplete: "off",
    // The first Escape empties the field, the next one closes the panel.
    onkeydown: (event) => { if ((event as KeyboardEvent).key === "Escape" && text) event.stopPropagation(); },
    oninput: (event) => { text = (event.target as HTMLInputElement).value; draw(); },
  });
  const draw = (): void => {
    if (!columns) return;
    const { language } = store.state;
    const words = { noStorey: store.say("no_storey"), unnamed: store.say("unnamed") };
    const rows = text.trim() ? searchRows(columns, text, words.unnamed) : treeRows(columns, open, language, words);
    replace(info, !text.trim() ? store.say("elements_n", { n: count(columns.global_id.length, language) })
      : rows.length ? store.say("search_found", { n: count(rows.length, language) }) : store.say("search_none", { text: text.trim() }));
    list.set(rows);
    reveal(rows);
  };
  const reveal = (rows: readonly TreeRow[]): void => {
    const { element } = store.state;
    if (element === shown) return;
    shown = element;
    const row = element && columns ? columns.global_id.indexOf(element) : -1;
    if (row < 0 || !columns) return;
    const storey = columns.storey[row] ?? -1;
    const keys = [storeyKey(storey), classKey(storey, columns.ifc_class[row] ?? -1)];
    if (!text.trim() && keys.some((key) => !open.has(key))) {
      for (const key of keys) open.add(key);
      draw();
      list.reveal(treeRows(columns, open, store.state.language, { noStorey: "", unnamed: "" }).findIndex((r) => r.row === row));
    } else list.reveal(rows.findIndex((r) => r.row === row));
  };
  const refresh = (): void => {
    const slot = store.cache.elements(model);
    if (slot.error) replace(info, store.say("server_error", { detail: slot.error.message }));
    else if (!slot.value) replace(info, store.say("loading"));
    columns = slot.value;
    draw();
  };
  refresh();
  return {
    element: h("section", { class: "section tree-section", onmouseleave: () => onHover(-1) }, h("h3", {}, store.say("tree")),
      h("div", { class: "search-box" }, icon(ICONS.search), search), info, list.element),
    refresh,
  };
}

interface RowEvents {
  onPick: (globalId: string) => void;
  onHover: (row: number) => void;
  toggle: (row: TreeRow) => void;
}

function treeRow(item: TreeRow, columns: ElementColumns | undefined, store: Store, events: RowEvents): HTMLElement {
  const { language, element } = store.state;
  const id = item.row >= 0 ? (columns?.global_id[item.row] ?? "") : "";
  const selected = item.kind === "element" && id === element;
  const folder = item.kind !== "element";
  return h("div", {
    class: `tree-row tree-${item.kind} depth-${item.depth}${selected ? " selected" : ""}`, role: "treeitem", "aria-level": item.depth + 1,
    "aria-expanded": folder ? String(item.open) : null, "aria-selected": folder ? null : String(selected), title: folder ? item.ifcClass : `${item.label}\n${item.ifcClass} ${id}`,
    onclick: () => (folder ? events.toggle(item) : events.onPick(id)), onmouseenter: () => events.onHover(item.row),
  },
    folder ? icon(item.open ? ICONS.down : ICONS.open, { size: 12 }) : h("span", { class: "leaf" }),
    h("span", { class: "tree-label" }, item.label),
    item.elevation !== undefined && h("span", { class: "soft num" }, metres(item.elevation, language)),
    item.kind === "class" && h("span", { class: "soft tree-class" }, item.ifcClass ?? ""),
    item.depth === 0 && item.kind === "element" && h("span", { class: "soft tree-class" }, item.ifcClass ?? ""),
    folder && h("span", { class: "num badge" }, count(item.count, language)));
}
