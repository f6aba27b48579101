/** Parts of the left panel: what changed within a month, districts and kinds with their lights, totals. */

import type { JSX } from "preact";

import { deltas } from "../city";
import type { Lights, Overview, Part } from "../types";
import { LightMark } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { moneyPair, quantityPair, shortLight } from "../words/city";
import { count, date } from "../words/format";
import { lightName, LIGHTS, money } from "../words/lights";

/** Counts against a month earlier in one line, the projects behind them unfolded. */
export function Changes({ overview }: { overview: Overview }): JSX.Element {
  const { store, say, language } = useTwin();
  const actions = useActions();
  const legend = store.lights();
  const before = date(overview.before, language);
  if (!overview.changes.length) return <p class="changes soft num" id="changes">{say("since_same", { date: before })}</p>;
  const moved = deltas(overview.lights, overview.lights_before);
  return <details class="changes fold" id="changes">
    <summary aria-label={say("changed_projects", { n: count(overview.changes.length, language) })}>
      <span class="soft num">{say("since", { date: before })}</span>
      {moved.length === 0 && <span class="num">{say("since_even", { n: count(overview.changes.length, language) })}</span>}
      <span class="deltas num">{moved.map(({ light, by }) => <span key={light} class="delta" data-light={light}>
        <LightMark light={light} legend={legend} />{by > 0 ? "↑" : "↓"}{count(Math.abs(by), language)} {shortLight(light, language)}
      </span>)}</span>
    </summary>
    <ul class="changed scroll">{overview.changes.map(({ code, name, from, to }) => <li key={code}>
      <button class="row" type="button" data-focus={`changed ${code}`} onClick={() => { store.update({ project: code, model: null, element: null, feature: null }); actions.flyToProject(code); }}>
        <span class="from-to" aria-hidden="true"><LightMark light={from} legend={legend} />→<LightMark light={to} legend={legend} /></span>
        <span class="row-text">{name || code}</span>
        <span class="hidden">{say("from_to", { from: lightName(from, legend), to: lightName(to, legend) })}</span>
      </button></li>)}
    </ul>
  </details>;
}

/** Lights of a part of the city as one bar, worst first. */
function LightBar({ lights }: { lights: Lights }): JSX.Element {
  const { store } = useTwin();
  const colours = new Map(store.lights().map((entry) => [entry.key, entry.colour]));
  return <span class="light-bar" aria-hidden="true">{LIGHTS.filter((light) => lights[light] > 0).map((light) =>
    <span key={light} class={`bar-${light}`} style={{ flexGrow: lights[light], background: colours.get(light) }} />)}</span>;
}

/** Districts or kinds, those with most red first as the list of projects has it. */
export function Parts({ parts, by, open }: { parts: readonly Part[]; by: "district" | "kind"; open: (by: "district" | "kind", part: Part) => void }): JSX.Element {
  const { store, say, language } = useTwin();
  const legend = store.lights();
  return <ul class="parts scroll" data-by={by}>{parts.map((part) => <li key={part.name}>
    <button class="row part" type="button" data-focus={`${by} ${part.name}`} onClick={() => open(by, part)}>
      <span class="row-text"><span class="part-head"><b>{part.name || say(by === "district" ? "unnamed_district" : "unnamed_kind")}</b>
        <span class="part-lights num">{LIGHTS.filter((light) => part.lights[light] > 0).map((light) =>
          <span key={light} data-light={light}><LightMark light={light} legend={legend} said />{count(part.lights[light], language)}</span>)}</span></span>
        <LightBar lights={part.lights} /></span>
    </button></li>)}
  </ul>;
}

/** Money, labour, budget: sums over the city, cumulative up to the day. */
export function Totals({ overview }: { overview: Overview }): JSX.Element | null {
  const { say, language } = useTwin();
  const { budget, funds, labour } = overview.totals;
  const currencies = Object.keys(budget);
  const title = ({ projects, left_out }: { projects: number; left_out: number }): string => say(left_out ? "total_left_out" : "total_of", { n: count(projects, language), m: count(left_out, language) });
  if (!funds && !labour && !currencies.length) return null;
  return <dl class="totals num" id="totals" aria-label={say("totals")}>
    {funds && <div title={title(funds)}><dt>{say("total_funds")}</dt><dd data-total="funds">{moneyPair(funds.used, funds.planned, currencies.length === 1 ? (currencies[0] ?? "") : funds.unit, language)}</dd></div>}
    {labour && <div title={title(labour)}><dt>{say("total_labour")}</dt><dd data-total="labour">{quantityPair(labour.used, labour.planned, labour.unit, language)}</dd></div>}
    {currencies.length > 0 && <div><dt>{say("total_budget")}</dt><dd data-total="budget">{currencies.map((currency) => money(budget[currency] ?? null, currency, language)).join(" · ")}</dd></div>}
  </dl>;
}
