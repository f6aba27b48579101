/** The left panel while clashes are looked through: those of a project in groups, else how many each project has. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { burning, fitting, grouped, inOrder, queryOf, rowsOf, stepped, worst, type ClashRow, type Group, type Summary } from "../clashes";
import { isVisitor } from "../identity";
import { sentenceOf } from "../store";
import type { ClashJson } from "../types";
import { Failed } from "../ui/failed";
import { Icon, IconButton, PanelHead, Skeleton, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { VirtualTree } from "../ui/virtual-list";
import { sideName, sizeText } from "../words/clash-texts";
import { count, date } from "../words/format";
import { ClashBcf } from "./clash-bcf";
import { ClashFilters } from "./clash-filters";
import { ClashLine, SeverityCounts, SeverityMark } from "./clash-parts";

const ROW = 46;
const NONE: readonly never[] = [];

export function ClashList(): JSX.Element {
  const { state } = useTwin();
  return state.project ? <OfProject key={state.project} code={state.project} /> : <OfCity />;
}

function Close(): JSX.Element {
  const { store, say } = useTwin();
  return <IconButton icon="close" label={say("clashes_close")} focus="close-clashes" onClick={() => store.update({ clashes: false, clash: null })} />;
}

function OfCity(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const actions = useActions();
  const { value, error } = store.cache.clashes(null);
  const found = useMemo(() => burning(value?.projects ?? NONE), [value]);
  return <>
    <PanelHead title={say("clashes")} note={value && <span class="num">{say("clashes_city", { n: count(found.length, language) })}</span>}><Close /></PanelHead>
    {error ? <Failed>{sentenceOf(error, say)}</Failed> : !value ? <Skeleton label={say("loading")} /> : !found.length ? (isVisitor(state.me) ? <Hidden /> : <Nothing text={say("clashes_city_none")} />)
      : <ul class="scroll projects clash-projects">{found.map((one) => <li key={one.code}><button class="row" type="button" data-focus={`clashes ${one.code}`} onClick={() => { store.update({ project: one.code, model: null, element: null, feature: null }); actions.flyToProject(one.code); }}>
        <span class="row-text"><b>{one.name || one.code}</b><span class="soft note num">{say("clashes_open_n", { n: count(one.open, language) })}</span></span><SeverityCounts severities={one.severities} /></button></li>)}</ul>}
  </>;
}

/** Clashes that are not shown to who looks at the page. */
function Hidden(): JSX.Element {
  const { store, state, say } = useTwin();
  return <div class="section clash-nothing"><p class="soft">{say("clashes_hidden")}</p>
    {isVisitor(state.me) && <button class="button primary" type="button" data-focus="clashes-sign-in" onClick={() => store.update({ signIn: "wanted" })}>{say("sign_in")}</button>}</div>;
}

function Nothing({ text }: { text: string }): JSX.Element {
  const { state, say } = useTwin();
  if (state.me?.users) return <div class="section clash-nothing"><p class="soft">{say(text === say("clashes_no_run") ? "clashes_no_run_yet" : "clashes_none_anywhere")}</p></div>;
  return <div class="section clash-nothing"><p class="soft">{text}</p><code>{say("clashes_city_command")}</code></div>;
}

function OfProject({ code }: { code: string }): JSX.Element {
  const { store, state, say } = useTwin();
  const query = queryOf(state.clashFilter);
  if (state.me && !store.cache.sees(code, "clashes")) return <><PanelHead title={say("clashes")} note={code}><Close /></PanelHead><Hidden /></>;
  const { value, error } = store.cache.clashes(code, query);
  const groups = store.cache.clashGroups(code, query).value?.groups ?? NONE;
  const summary = value?.projects.find((one) => one.code === code);
  const name = summary?.name || code;
  return <>
    <PanelHead title={<span title={name}>{say("clashes")}</span>} note={name}>
      <IconButton icon="list" label={say("clashes_back")} focus="clashes-back" onClick={() => store.update({ project: null, model: null, element: null })} /><Close />
    </PanelHead>
    {error ? <Failed>{sentenceOf(error, say)}</Failed> : !value || !summary ? <Skeleton label={say("loading")} />
      : !summary.last_run ? <Nothing text={say("clashes_no_run")} /> : <>
        <Run run={summary.last_run} />
        <ClashFilters clashes={value.clashes} />
        <Groups clashes={value.clashes} known={groups} />
        <ClashBcf code={code} />
      </>}
  </>;
}

function Run({ run }: { run: NonNullable<Summary["last_run"]> }): JSX.Element {
  const { say, language } = useTwin();
  const counts = { examined: count(run.examined, language), found: count(run.found, language), untestable: count(run.untestable, language) };
  return <div class="clash-run">
    <p class="soft note num">{say("clash_run_line", { date: date(run.started_at, language), by: run.by || "–" })}</p><p class="soft note num">{say("clash_run_counts", counts)}</p>
    {run.untestable > 0 && <Warning>{say("clash_run_untestable", { n: counts.untestable })}</Warning>}
    {run.rules_without_match.length > 0 && <Warning>{say("clash_rules_empty", { rules: run.rules_without_match.join(language === "zh" ? "、" : ", ") })}</Warning>}
  </div>;
}

function Groups({ clashes, known }: { clashes: readonly ClashJson[]; known: Parameters<typeof grouped>[1] }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const { clash: chosen, clashGroup, clashFilter } = state;
  const groups = useMemo(() => grouped(fitting(clashes, clashFilter), known), [clashes, clashFilter, known]);
  const order = useMemo(() => inOrder(groups), [groups]);
  const rows = useMemo(() => rowsOf(groups, clashGroup), [groups, clashGroup]);
  const at = order.findIndex(({ id }) => id === chosen);
  const last = useRef(-1);
  if (at >= 0) last.current = at;
  const look = (clash: ClashJson | null): void => { if (clash) store.update({ clash: clash.id, clashGroup: clash.group, element: null, feature: null }); };
  const step = (by: 1 | -1): void => look(stepped(order, chosen, by, last.current));
  useStepKeys(step);
  const press = ({ group, clash }: ClashRow): void => {
    if (clash) look(clash);
    else if (group.id === clashGroup) store.update({ clashGroup: null });
    else look(worst(group));
  };
  const total = { m: count(order.length, language) };
  return <>
    <div class="clash-steps"><p class="soft note num" role="status">{order.length ? say("clash_listed", { n: count(order.length, language), m: count(groups.length, language) }) : say("clash_listed_none")}</p>
      <IconButton icon="back" label={say("clash_prev")} focus="clash-prev" class="button icon-only quiet small" disabled={!order.length || at === 0} onClick={() => step(-1)} />
      <span class="num" id="clash-position" role="status">{at < 0 ? say("clash_position_none", total) : say("clash_position", { n: at + 1, ...total })}</span>
      <IconButton icon="open" label={say("clash_next")} focus="clash-next" class="button icon-only quiet small" disabled={!order.length || at === order.length - 1} onClick={() => step(1)} />
    </div>
    <div class="clash-rows"><VirtualTree label={say("clashes")} items={rows} height={ROW} keyOf={(row) => row.key} reveal={{ key: `${chosen} ${rows.length}`, index: rows.findIndex((row) => row.clash?.id === chosen) }}
      onKey={(row, key) => { if (key !== "Enter" && key !== " ") return false; press(row); return true; }}
      row={(row, { active, ...placed }) => <div {...placed} class={["tree-row", "clash-row", row.within && "within", row.clash?.id === chosen && "selected", active && "active"].filter(Boolean).join(" ")} role="treeitem" aria-level={row.within ? 2 : 1}
        aria-expanded={row.clash ? undefined : row.group.id === clashGroup} aria-selected={row.clash ? row.clash.id === chosen : undefined} onClick={() => press(row)} data-clash={row.clash?.id}>
        {row.clash ? <OneRow clash={row.clash} /> : <GroupRow group={row.group} open={row.group.id === clashGroup} />}</div>} /></div>
  </>;
}

/** J and K step wherever the focus is, except where letters are written. */
function useStepKeys(step: (by: 1 | -1) => void): void {
  const newest = useRef(step);
  newest.current = step;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const by = { j: 1, k: -1 }[event.key.toLowerCase()] as 1 | -1 | undefined;
      const writing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
      if (!by || writing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      newest.current(by);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function OneRow({ clash }: { clash: ClashJson }): JSX.Element {
  const { language } = useTwin();
  const [a, b] = [sideName(clash.a, language), sideName(clash.b, language)];
  return <><SeverityMark severity={clash.severity} /><span class="row-text" title={`${a} × ${b}`}><span class="two-names"><span>{a}</span><i>×</i><span>{b}</span></span><span class="soft note dots one-line"><ClashLine clash={clash} /></span></span></>;
}

function GroupRow({ group, open }: { group: Group; open: boolean }): JSX.Element {
  const { say, language } = useTwin();
  const first = worst(group);
  const title = group.title || `${sideName(first.a, language)} × ${sideName(first.b, language)}`;
  const statuses = [...new Set(group.clashes.map(({ status }) => status))].map((status) => `${say(`clash_status_${status}`)} ${count(group.clashes.filter((clash) => clash.status === status).length, language)}`);
  const facts = [say(`clash_type_${first.type}`), sizeText(first, language), first.storey, ...statuses].filter(Boolean);
  return <><SeverityMark severity={first.severity} /><span class="row-text" title={title}><span class="tree-label"><b>{title}</b></span><span class="soft note dots one-line">{facts.map((fact, i) => <span key={i}>{fact}</span>)}</span></span>
    <span class="num badge">{say("clash_group_count", { n: count(group.clashes.length, language) })}</span><Icon name={open ? "down" : "open"} size={12} /></>;
}
