/** A model's ledger, its place and the plain buildings it stands for. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { sentenceOf, type Store } from "../store";
import type { LedgerCounts, Model, State } from "../types";
import { Skeleton, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { className } from "../words/classes";
import type { Word } from "../words/dictionary";
import { count, degrees, metres, number } from "../words/format";
import { hiddenBy } from "./replaced";

const STATES: readonly State[] = ["drawn", "empty", "skipped", "failed"];
const MOST_LISTED = 500;

/** Drawn: a full cube's face; empty: its outline; skipped: a bar (left out by a rule); failed: a cross. */
const MARKS: Readonly<Record<State, JSX.Element>> = {
  drawn: <rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor" />,
  empty: <rect x="2" y="2" width="8" height="8" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="2.2 1.6" />,
  skipped: <g fill="none" stroke="currentColor" stroke-width="1.5"><circle cx="6" cy="6" r="4.4" /><path d="M2.9 9.1l6.2-6.2" /></g>,
  failed: <path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" />,
};

/** A state of the ledger by shape and colour. */
export function StateMark({ state }: { state: State }): JSX.Element {
  return <span class={`mark mark-${state}`}><svg viewBox="0 0 12 12" aria-hidden="true">{MARKS[state]}</svg></span>;
}

/** One line under a model in a list: what is drawn, and what is lost if anything is. */
export function LedgerLine({ ledger }: { ledger: LedgerCounts }): JSX.Element {
  const { say, language } = useTwin();
  return <span class="ledger-line">{STATES.filter((state) => state === "drawn" || ledger[state] > 0).map((state) =>
    <span key={state} class="ledger-item" title={`${say(state)} ${count(ledger[state], language)}`}><StateMark state={state} /><span class="hidden">{say(state)}</span>{count(ledger[state], language)}</span>)}</span>;
}

/** Every product in exactly one state: as a bar, as marks with numbers, as a list of what is not drawn. */
export function LedgerSection({ model }: { model: Model }): JSX.Element {
  const { store, say, language } = useTwin();
  const { ledger } = model;
  const lost = ledger.products - ledger.drawn;
  return <section class="section">
    <h3>{say("ledger")}<span class="soft count">{say("ledger_products", { n: count(ledger.products, language) })}</span></h3>
    <div class="ledger-bar" aria-hidden="true">{STATES.filter((state) => ledger[state] > 0).map((state) => <span key={state} class={`ledger-${state}`} style={{ flexGrow: ledger[state] }} />)}</div>
    <ul class="ledger-states">{STATES.map((state) =>
      <li key={state} class={ledger[state] ? "" : "zero"}><StateMark state={state} /><span>{say(state)}</span><b class="num">{count(ledger[state], language)}</b></li>)}</ul>
    {ledger.failed > 0 && <Warning>{say("failed_n", { n: count(ledger.failed, language) })}</Warning>}
    {lost > 0 ? store.cache.sees(model.project, "elements") && <NotDrawn key={model.model} model={model.model} lost={lost} /> : <p class="soft">{say("all_drawn")}</p>}
  </section>;
}

function NotDrawn({ model, lost }: { model: string; lost: number }): JSX.Element {
  const { say, language, store } = useTwin();
  const [open, setOpen] = useState(false);
  return <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
    <summary data-focus="not-drawn">{say("not_drawn_n", { n: count(lost, language) })}</summary>
    <div class="not-drawn">{open && <NotDrawnList model={model} store={store} />}</div>
  </details>;
}

function NotDrawnList({ model, store }: { model: string; store: Store }): JSX.Element {
  const { language } = store.state;
  const { value, error } = store.cache.ledger(model);
  if (error) return <Warning>{sentenceOf(error, store.say)}</Warning>;
  if (!value) return <Skeleton label={store.say("loading")} />;
  const items = [...value.items].sort((a, b) => STATES.indexOf(b.state) - STATES.indexOf(a.state)).slice(0, MOST_LISTED);
  return <ul class="rows">{items.map((item) => <li key={item.global_id}>
    <button class="row" type="button" onClick={() => store.update({ element: item.global_id })}>
      <StateMark state={item.state} />
      <span class="row-text"><span>{item.name || className(item.ifc_class, language)}<span class="soft"> {item.ifc_class}</span></span><span class="soft reason">{item.reason ?? store.say(item.state)}</span></span>
    </button></li>)}</ul>;
}

/** Where a model stands and how its heights are taken, with every conflict as a sentence. */
export function PlaceSection({ model }: { model: Model }): JSX.Element {
  const { say, language, store } = useTwin();
  const g = model.georeference;
  const facts: [Word, string | null][] = [
    ["source", g.source], ["geo_level", `LoGeoRef ${g.lo_geo_ref}`], ["crs", g.crs], ["origin", `${number(g.longitude, language, 6)}°, ${number(g.latitude, language, 6)}°`],
    ["origin_height", metres(g.orthogonal_height, language)], ["ground_height", metres(model.ground_height, language)], ["true_north", degrees(g.true_north_deg, language)],
    ["grid_convergence", g.crs && degrees(g.grid_convergence_deg, language, 4)], ["point_scale", g.crs && number(g.point_scale, language, 7)],
  ];
  const conflicts = g.inside_city === false && !g.conflicts.length ? [say("outside_city")] : g.conflicts;
  return <section class="section">
    <details class="fold">
      <summary data-focus="place"><h3>{say("place")}</h3></summary>
      <dl class="facts">{facts.filter(([, value]) => value).map(([word, value]) => [<dt key={word}>{say(word)}</dt>, <dd key={`${word} value`} class="num">{value}</dd>])}</dl>
      {[...(g.notices ?? []), ...model.notices].map((sentence, i) => <p key={i} class="soft note">{sentence}</p>)}
    </details>
    <p class="soft note">{heightsNote(model, store)}</p>
    {conflicts.map((sentence) => <Warning key={sentence}>{sentence}</Warning>)}
  </section>;
}

function heightsNote(model: Model, store: Store): string {
  const ground = model.ground_height;
  const taken = store.say(`heights_${model.height_reference}`);
  if (Math.abs(ground) < 0.01) return taken;
  const { language } = store.state;
  return `${taken}${language === "zh" ? "" : " "}${store.say(ground > 0 ? "lowered" : "raised", { ground: metres(Math.abs(ground), language) })}`;
}

/** How many plain buildings a model hides, and by which rule. */
export function ReplacedNote({ model }: { model: string }): JSX.Element | null {
  const { say, language, store } = useTwin();
  const replaced = store.cache.replaced().value;
  const hidden = hiddenBy(model, replaced);
  if (!replaced || !hidden) return null;
  return <section class="section"><p class="soft note" id="replaced">{say("replaced", { n: count(hidden, language) })}{language === "zh" ? "" : " "}{replaced.rule}</p></section>;
}
