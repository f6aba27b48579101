/** A model's parts by storey, class or system: found, hidden, isolated. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { countVisible, EVERYTHING, visibleRows, type Selection } from "../bim/visibility";
import { isOnly, isWhole, onlyThis, rowShownAs, shownAs, toggled, withSelection, type Shown } from "../shows";
import { sentenceOf } from "../store";
import { GROUPINGS, keysTo, searchRows, treeRows, type Grouping, type TreeRow } from "../tree";
import type { ElementColumns, Model } from "../types";
import { Failed } from "../ui/failed";
import { Icon } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { VirtualTree } from "../ui/virtual-list";
import { count, metres } from "../words/format";
import { Switch } from "./model";

const NOTHING: ReadonlySet<string> = new Set();

export function ModelTree({ model }: { model: Model }): JSX.Element {
  const { store, say, language } = useTwin();
  const actions = useActions();
  const [grouping, setGrouping] = useState<Grouping>("storeys");
  const [text, setText] = useState("");
  const slot = store.cache.elements(model.model);
  const columns = slot.value;
  const info = slot.error ? "" : !columns ? say("loading") : text.trim() ? "" : say("elements_n", { n: count(columns.global_id.length, language) });
  return <section class="section tree-section" onMouseLeave={() => actions.hover(model.model, -1)}>
    <div class="tree-head"><h3>{say("tree")}</h3>
      <div class="segments" role="group" aria-label={say("group_by")}>{GROUPINGS.filter((by) => by !== "systems" || columns?.systems?.length).map((by) =>
        <button key={by} class="segment" type="button" data-focus={`group ${by}`} aria-pressed={grouping === by} onClick={() => setGrouping(by)}>{say(`group_${by}`)}</button>)}</div>
    </div>
    <div class="search-box"><Icon name="search" />
      <input type="search" class="search" placeholder={say("search")} aria-label={say("search")} data-focus="search" spellcheck={false} autocomplete="off" value={text}
        // The first Escape empties the field, the next one closes the panel.
        onKeyDown={(event) => { if (event.key === "Escape" && text) { event.stopPropagation(); setText(""); } }} onInput={(event) => setText(event.currentTarget.value)} />
    </div>
    {slot.error && <Failed>{sentenceOf(slot.error, say)}</Failed>}
    {columns ? <Parts model={model} columns={columns} grouping={grouping} text={text.trim()} /> : <p class="soft tree-info" role="status">{info}</p>}
  </section>;
}

function Parts({ model, columns, grouping, text }: { model: Model; columns: ElementColumns; grouping: Grouping; text: string }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const actions = useActions();
  const [open, setOpen] = useState(NOTHING);
  const revealed = useRef<string | null>(null);
  const [target, setTarget] = useState(-1);
  const selection = state.shows.get(model.model) ?? EVERYTHING;
  const words = { noStorey: say("no_storey"), unnamed: say("unnamed") };
  const rows = useMemo(() => (text ? searchRows(columns, text, words.unnamed) : treeRows(columns, open, language, words, grouping)), [columns, text, open, language, grouping]);
  const states = useMemo(() => (isWhole(selection) ? null : visibleRows(columns, selection)), [columns, selection]);
  const counts = useMemo(() => states && countVisible(columns, states), [columns, states]);
  const { element } = state;
  useEffect(() => {
    const wanted = `${grouping} ${element}`;
    if (revealed.current === wanted) return;
    revealed.current = wanted;
    const row = element ? columns.global_id.indexOf(element) : -1;
    setTarget(row);
    if (row >= 0) setOpen((old) => new Set([...old, ...keysTo(columns, row, grouping)]));
  }, [element, grouping, columns]);
  const change = (next: Selection): void => store.update({ shows: withSelection(state.shows, model.model, next) });
  const shown = (item: TreeRow): Shown => {
    const found = item.kind === "element" ? undefined : counts?.get(item.part);
    return item.kind === "element" ? rowShownAs(states, item.row) : found ? shownAs(found) : "all";
  };
  const act = {
    hide: (item: TreeRow) => change(toggled(columns, selection, item.part, shown(item))),
    only: (item: TreeRow) => change(onlyThis(columns, selection, item.part)),
    open: (item: TreeRow, wanted: boolean) => setOpen((old) => new Set(wanted ? [...old, item.key] : [...old].filter((key) => key !== item.key))),
    pick: (item: TreeRow) => actions.pick(columns.global_id[item.row] ?? "", model.project),
    hover: (row: number) => actions.hover(model.model, row),
  };
  const whole = isWhole(selection);
  const info = !text ? say("elements_n", { n: count(columns.global_id.length, language) }) : rows.length ? say("search_found", { n: count(rows.length, language) }) : say("search_none", { text });
  return <>
    <p class="soft tree-info" role="status">{info}</p>
    <VirtualTree label={say("tree")} items={rows} reveal={{ key: `${grouping} ${target}`, index: target < 0 ? -1 : rows.findIndex((item) => item.row === target) }} keyOf={(item) => `${item.key} ${item.depth}`} onKey={(item, key) => keyed(item, key, act)}
      row={(item, placed) => <Row item={item} placed={placed} id={columns.global_id[item.row] ?? ""} selected={item.row >= 0 && columns.global_id[item.row] === element} shown={shown(item)} only={isOnly(selection, item.part)} act={act} />} />
    <div class="tree-foot">
      <Switch label={say("ghost_rest")} focus="ghost" on={selection.ghostRest} onChange={(on) => change({ ...selection, ghostRest: on })} />
      <button class="button small-text" type="button" data-focus="show-all" disabled={whole} onClick={() => change({ ...EVERYTHING, ghostRest: selection.ghostRest })}>{say("show_everything")}</button>
    </div>
  </>;
}

interface RowActs {
  hide: (item: TreeRow) => void;
  only: (item: TreeRow) => void;
  open: (item: TreeRow, wanted: boolean) => void;
  pick: (item: TreeRow) => void;
  hover: (row: number) => void;
}

/** What a key does to the active row; true: something. */
function keyed(item: TreeRow, key: string, act: RowActs): boolean {
  const folder = item.kind !== "element";
  if (key === "h" || key === "H") act.hide(item);
  else if (key === "i" || key === "I") act.only(item);
  else if (key === "Enter" || key === " ") folder ? act.open(item, !item.open) : act.pick(item);
  else if (folder && key === "ArrowRight") act.open(item, true);
  else if (folder && key === "ArrowLeft") act.open(item, false);
  else return false;
  return true;
}

interface RowProps {
  item: TreeRow;
  placed: { id: string; style: { top: string }; active: boolean; onMouseDown: () => void };
  id: string;
  selected: boolean;
  shown: Shown;
  only: boolean;
  act: RowActs;
}

function Row({ item, placed: { active, ...placed }, id, selected, shown, only, act }: RowProps): JSX.Element {
  const { say, language } = useTwin();
  const folder = item.kind !== "element";
  const tell = folder ? item.ifcClass : `${item.label}\n${item.ifcClass} ${id}`;
  const press = (done: (item: TreeRow) => void) => (event: Event): void => { event.stopPropagation(); done(item); };
  const classes = ["tree-row", `tree-${item.kind}`, `depth-${item.depth}`, `shown-${shown}`, selected && "selected", active && "active", only && "only"];
  return <div {...placed} class={classes.filter(Boolean).join(" ")} role="treeitem" aria-level={item.depth + 1} aria-expanded={folder ? item.open : undefined} aria-selected={folder ? undefined : selected}
    title={tell} onClick={() => (folder ? act.open(item, !item.open) : act.pick(item))} onMouseEnter={() => act.hover(item.row)}>
    {folder ? <Icon name={item.open ? "down" : "open"} size={12} /> : <span class="leaf" />}
    <span class="tree-label">{item.label}</span>
    {item.elevation !== undefined && <span class="soft num">{metres(item.elevation, language)}</span>}
    {(item.kind === "class" || item.kind === "system" || (item.kind === "element" && item.depth < 2)) && <span class="soft tree-class">{item.ifcClass}</span>}
    {folder && <span class="num badge">{count(item.count, language)}</span>}
    <span class="tree-acts">
      <button class="tree-act act-only" type="button" tabIndex={-1} aria-pressed={only} aria-label={say("only_what", { name: item.label })} title={say("only_this")} onClick={press(act.only)}><Icon name="only" size={14} /></button>
      <button class="tree-act act-eye" type="button" tabIndex={-1} aria-label={say(shown === "all" || shown === "some" ? "hide_what" : "show_what", { name: item.label })} title={say(`shown_${shown}`)} onClick={press(act.hide)}><Icon name={shown === "all" ? "eye" : shown === "none" ? "eye_off" : "eye_half"} size={14} /></button>
    </span>
  </div>;
}
