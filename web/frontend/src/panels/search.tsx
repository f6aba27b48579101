/** Search in the top bar: projects, models, elements and places by name, code, pinyin, address or GlobalId. */

import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Actions } from "../actions";
import { isStatic } from "../static";
import { sentenceOf, type Store } from "../store";
import type { Found } from "../types";
import { Failed } from "../ui/failed";
import { Icon } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { count } from "../words/format";

/** Nothing is asked while somebody types, milliseconds. */
const PAUSE = 150;
/** What the server was still reading is asked for again, milliseconds. */
const AGAIN = 1500;
const KINDS: readonly Found["kind"][] = ["project", "model", "element", "place"];

/** Results by kind, in the order of `KINDS`; among their like as the server ranked them. */
export function byKind(results: readonly Found[]): { kind: Found["kind"]; found: Found[] }[] {
  return KINDS.map((kind) => ({ kind, found: results.filter((one) => one.kind === kind) })).filter(({ found }) => found.length);
}

export function SearchBox(): JSX.Element {
  const { store, state, say } = useTwin();
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [active, setActive] = useState(0);
  const wanted = text.trim();
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(wanted); setActive(0); }, wanted ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [wanted]);
  useSlash(input);
  const open = state.searchOpen && wanted !== "";
  // Only the answer to what stands in the field is shown.
  const slot = open && asked === wanted ? store.cache.search(asked) : null;
  const unfinished = Boolean(slot?.value && !slot.value.complete);
  useEffect(() => {
    if (!unfinished) return;
    const timer = setTimeout(() => store.forget(`search ${asked}`), AGAIN);
    return () => clearTimeout(timer);
  }, [unfinished, slot?.value]);
  const groups = byKind(slot?.value?.results ?? []);
  const options = groups.flatMap(({ found }) => found);
  const choose = (found: Found | undefined): void => {
    if (!found) return;
    store.update({ searchOpen: false });
    goTo(found, store, actions);
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      store.update({ searchOpen: true });
      setActive((active + step + options.length) % options.length);
    } else if (event.key === "Enter" && open) choose(options[active]);
    else if (event.key === "Escape" && (open || text)) {
      if (open) store.update({ searchOpen: false });
      else setText("");
    } else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return <div class="find" role="search">
    <Icon name="search" />
    <input ref={input} id="find" class="search" type="text" role="combobox" aria-label={say("find")} aria-expanded={open} aria-controls="found" aria-autocomplete="list" aria-keyshortcuts="/" data-focus="find"
      aria-activedescendant={open && options.length ? `found-${active}` : undefined} placeholder={say("find_placeholder")} title={say("find_hint")} spellcheck={false} autocomplete="off" value={text}
      onInput={(event) => { setText(event.currentTarget.value); store.update({ searchOpen: true }); }} onFocus={() => store.update({ searchOpen: true })} onBlur={() => store.update({ searchOpen: false })} onKeyDown={key} />
    {!text && <kbd class="find-key" aria-hidden="true">/</kbd>}
    <div class="panel found" hidden={!open} onMouseDown={(event) => event.preventDefault()}>
      {slot?.error ? <div class="section"><Failed>{sentenceOf(slot.error, say)}</Failed></div>
        : !slot?.value || (unfinished && !options.length) ? <p class="soft section note" role="status">{say("loading")}</p>
          : !options.length && <p class="soft section note" role="status">{say("find_none", { text: asked })}</p>}
      <ul id="found" class="scroll" role="listbox" aria-label={say("find_results")}>{groups.map(({ kind, found }) =>
        <li key={kind} role="group" aria-label={say(`find_${kind}`)}><p class="found-kind" aria-hidden="true">{say(`find_${kind}`)}</p>
          <ul role="presentation">{found.map((one) => <Option key={options.indexOf(one)} found={one} index={options.indexOf(one)} active={options[active] === one} choose={choose} />)}</ul></li>)}
      </ul>
      {slot?.value && <More left={slot.value.left_off} complete={slot.value.complete} />}
    </div>
  </div>;
}

/** "/" leads to the field from anywhere; a static copy has none to lead to. */
function useSlash(input: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const slash = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || isStatic() || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, [input]);
}

function Option({ found, index, active, choose }: { found: Found; index: number; active: boolean; choose: (found: Found) => void }): JSX.Element {
  const { say } = useTwin();
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => { if (active) line.current?.scrollIntoView({ block: "nearest" }); }, [active]);
  return <li ref={line} id={`found-${index}`} class={`row found-row${active ? " active" : ""}`} role="option" aria-selected={active} data-kind={found.kind} onClick={() => choose(found)}>
    <span class="row-text"><b>{found.title}</b>{found.subtitle && <span class="soft note">{found.subtitle}</span>}</span>
    <span class="soft note">{say(`matched_${found.matched}`)}</span>
  </li>;
}

function More({ left, complete }: { left: number; complete: boolean }): JSX.Element {
  const { say, language } = useTwin();
  return <>
    {left > 0 && <p class="soft section note">{say("find_left_off", { n: count(left, language) })}</p>}
    {!complete && <p class="soft section note">{say("find_incomplete")}</p>}
  </>;
}

/** Open what was found, and fly there. */
function goTo(found: Found, store: Store, actions: Actions): void {
  const { kind, project, model, global_id: id, longitude, latitude, bounds } = found;
  if (kind === "element" && project && id) {
    store.update({ project, model, feature: null });
    return actions.pick(id, project);
  }
  if (project) store.update({ project, model: kind === "model" ? model : null, element: null, feature: null });
  if (kind === "place" && longitude !== null && latitude !== null) store.update({ place: { name: found.title, longitude, latitude }, element: null, feature: null });
  const box = bounds ?? (longitude !== null && latitude !== null ? ([longitude, latitude, longitude, latitude] as const) : null);
  if (kind === "project" && project) actions.flyToProject(project);
  else if (box) actions.flyToBounds([...box]);
  else actions.tell(store.say("find_nowhere", { name: found.title }));
}
