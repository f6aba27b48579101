/** The list of projects, worst first; the chosen one with its models. */

import type { JSX, TargetedEvent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { burningFirst, figureOf, ROWS, rowsFor } from "../city";
import { sentenceOf } from "../store";
import type { LedgerCounts, Model, ProjectFeature, ProjectProperties, State as DrawnState } from "../types";
import { Icon, LightMark, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { signedPoints } from "../words/city";
import { count } from "../words/format";
import { percent } from "../words/lights";

/** Models of so few projects are shown without being asked for. */
const EAGER = 12;

/** Rows are drawn in portions, so that a city of many projects stays quick. `few`: how many projects the city has. */
export function ProjectList({ features, asOf, few }: { features: readonly ProjectFeature[]; asOf: string; few: number }): JSX.Element {
  const { state } = useTwin();
  const [portion, setPortion] = useState(ROWS);
  const list = useRef<HTMLUListElement>(null);
  const sorted = useMemo(() => burningFirst(features), [features]);
  const chosen = sorted.findIndex((feature) => feature.properties.code === state.project);
  const shown = rowsFor(portion, chosen);
  useEffect(() => { list.current?.querySelector(":scope > .selected")?.scrollIntoView({ block: "nearest" }); }, [state.project]);
  const more = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: TargetedEvent<HTMLUListElement>): void => {
    if (shown < sorted.length && scrollTop + clientHeight > scrollHeight - 400) setPortion(shown + ROWS);
  };
  return <ul class="projects scroll" ref={list} onScroll={more}>
    {sorted.slice(0, shown).map((feature) => <ProjectItem key={feature.properties.code} facts={feature.properties} asOf={asOf} eager={few <= EAGER} />)}
  </ul>;
}

function ProjectItem({ facts, asOf, eager }: { facts: ProjectProperties; asOf: string; eager: boolean }): JSX.Element {
  const { store, state, say } = useTwin();
  const actions = useActions();
  const { code, name, light, models, stage_name, district } = facts;
  const selected = state.project === code;
  const about = [...new Set([name !== code && code, district, stage_name].filter(Boolean))];
  const details = (eager || selected) && models.length ? store.cache.project(code) : null;
  return <li class={selected ? "selected" : ""}>
    <button class="row project" type="button" data-focus={`project ${code}`} data-light={light} aria-pressed={selected} title={about.join(" · ") || undefined}
      onClick={() => { store.update({ project: code, model: null, element: null, feature: null }); actions.flyToProject(code); }}>
      <LightMark light={light} legend={store.lights()} said />
      <span class="row-text"><b>{name || code}</b>{selected && <span class="soft dots note num">{about.map((fact) => [<span key={fact}>{fact}</span>, " "])}</span>}</span>
      <Figure facts={facts} asOf={asOf} />
    </button>
    {details?.error && <Warning>{sentenceOf(details.error, say)}</Warning>}
    {details?.value && <ul class="models">{details.value.models.map((model) => <ModelItem key={model.model} model={model} />)}</ul>}
  </li>;
}

/** How far from its plan, or how long without a report. */
function Figure({ facts, asOf }: { facts: ProjectProperties; asOf: string }): JSX.Element | null {
  const { say, language } = useTwin();
  const { progress, planned_progress, light, status_date } = facts;
  const figure = figureOf(facts, asOf);
  const hint = say("behind_hint", { done: percent(progress, language), planned: percent(planned_progress, language) });
  // green without a report: none is due
  if (!figure && progress === null) return light === "green" && status_date === null ? <span class="figure soft">{say("not_due")}</span> : null;
  if (!figure) return <span class="figure soft num" title={hint}>{percent(progress, language, 0)}</span>;
  if ("silent" in figure) return <span class="figure num" title={hint}>{figure.silent === null ? say("silent_always") : say("silent_days", { n: count(figure.silent, language) })}</span>;
  return <span class={`figure num${figure.deviation < 0 ? "" : " soft"}`} title={hint}>{say("points", { n: signedPoints(figure.deviation, language) })}</span>;
}

function ModelItem({ model }: { model: Model }): JSX.Element {
  const { store, say } = useTwin();
  const actions = useActions();
  const { conflicts } = model.georeference;
  return <li class="model">
    <button class="row" type="button" data-focus={`model ${model.model}`} title={say("open_model", { name: model.file })}
      onClick={() => { store.update({ project: model.project, model: model.model, element: null }); actions.flyToModel(model); }}>
      <span class="row-text"><span class="model-name">{model.file}</span><Drawn ledger={model.ledger} /></span>
      {conflicts.length > 0 && <span class="warning-mark" title={conflicts.join("\n")}><Icon name="warn" /><span class="hidden">{say("conflicts")}</span></span>}
      <Icon name="open" size={12} />
    </button>
  </li>;
}

const STATES: readonly DrawnState[] = ["drawn", "empty", "skipped", "failed"];

/** What of a model is drawn, and what is lost if anything is. */
function Drawn({ ledger }: { ledger: LedgerCounts }): JSX.Element {
  const { say, language } = useTwin();
  return <span class="ledger-line">{STATES.filter((state) => state === "drawn" || ledger[state] > 0).map((state) =>
    <span key={state} class="ledger-item">{say(state)} {count(ledger[state], language)}</span>)}</span>;
}
