/** The right panel of a project: how it stands on the day that is looked at, why its light burns, and what to do next. */

import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";

import { ServerProblem } from "../api";
import { reportAddress } from "../links";
import { forecastFinish, foretold, points, tasksBehind } from "../project";
import { sentenceOf } from "../store";
import type { Model, Project } from "../types";
import { Curve } from "../ui/curve";
import { Failed } from "../ui/failed";
import { Icon, IconButton, LightMark, PanelHead, Skeleton, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { date } from "../words/format";
import { index, money } from "../words/lights";
import { ClashesOfProject } from "./clash-parts";
import { EvidenceList, Reason, Resources, TaskItem } from "./project-parts";

const MOST_TASKS = 12;

/** Nothing while a model, an element or a feature is looked at: their panels stand in the same place. */
export function ProjectPanel(): JSX.Element | null {
  const { store, state, say } = useTwin();
  const { project: code, model, element, feature, clash } = state;
  if (!code || model || element || feature || clash) return null;
  const { value, error } = store.cache.project(code);
  return <aside class="panel element-panel project-panel" id="project" aria-label={say("project")}>
    <Head code={code} project={error ? null : (value ?? null)} />
    {error ? (error instanceof ServerProblem && error.status === 404 ? <Warning>{say("not_known_project", { id: code })}</Warning> : <Failed>{sentenceOf(error, say)}</Failed>)
      : value ? <Body key={code} project={value} /> : <Skeleton label={say("loading")} />}
  </aside>;
}

function Head({ code, project }: { code: string; project: Project | null }): JSX.Element {
  const { store, say, language } = useTwin();
  const actions = useActions();
  const name = project?.name || code;
  const facts = project ? [project.stage_name, project.district, project.contractor || project.owner, project.budget === null ? null : money(project.budget, project.currency, language), code === name ? null : code] : [code];
  return <PanelHead title={<>{project && <LightMark light={project.light} legend={store.lights()} said />}<span title={name}>{name}</span></>}
    note={<span class="dots">{facts.filter(Boolean).map((fact, i) => <span key={i}>{fact} </span>)}</span>}>
    <IconButton icon="locate" label={say("fly_to_what", { name })} focus="fly-project" onClick={() => actions.flyToProject(code)} />
    <IconButton icon="close" label={say("close")} focus="close-project" onClick={() => store.update({ project: null })} />
  </PanelHead>;
}

function Body({ project }: { project: Project }): JSX.Element {
  const { store, say, language } = useTwin();
  const today = store.cache.projects().value?.today;
  const ahead = foretold(project, today);
  const finish = forecastFinish(project);
  const inMoney = project.bac !== null;
  const curve = useMemo(() => points(project.curve, inMoney), [project.curve, inMoney]);
  const drawn = curve && [curve.planned, curve.earned, curve.spent].some((series) => series.some((value) => value !== null));
  return <div class="scroll element-body" tabIndex={0} data-focus="project-body">
    <section class="section">
      {ahead && <div class="foretold" role="note"><p>{say("forecast_day", { date: date(project.as_of, language), today: date(today ?? "", language) })}</p>{project.notes.map((note) => <p key={note}>{note}</p>)}</div>}
      <Reason project={project} />
    </section>
    <Part title="curve">{curve && drawn ? <Curve name={project.name} points={curve} asOf={project.as_of} currency={project.currency} inMoney={inMoney} finish={finish} />
      : <p class="soft note">{say("curve_none")}</p>}</Part>
    {Object.keys(project.resources).length > 0 && <Part title="resources"><Resources resources={project.resources} /></Part>}
    <WaysOn project={project} />
    <ClashesOfProject code={project.code} />
    <TasksBehind code={project.code} />
    <Part title="figures"><FactList project={project} /></Part>
    <Part title="all_evidence"><EvidenceList evidence={project.evidence} /><p class="soft note">{say("judged_by", { rules: project.rules_title })}</p></Part>
    {!ahead && project.notes.length > 0 && <Part title="notices">{project.notes.map((note) => <p class="soft note" key={note}>{note}</p>)}</Part>}
  </div>;
}

function Part({ title, children }: { title: Word; children: ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  return <section class="section" data-part={title}><h3>{say(title)}</h3>{children}</section>;
}

function FactList({ project }: { project: Project }): JSX.Element {
  const { say, language } = useTwin();
  const day = (iso: string | null): string | null => iso && date(iso, language);
  const facts: [Word, string | null][] = [
    ["spi_t", index(project.spi_t, language)], ["cpi", index(project.cpi, language)], ["budget", money(project.budget, project.currency, language)], ["stage", project.stage_name],
    ["owner", project.owner], ["contractor", project.contractor], ["status_date", day(project.status_date)], ["planned_finish", day(project.planned_finish)], ["forecast_finish", day(project.forecast_finish)],
  ];
  return <dl class="facts">{facts.map(([word, value]) => [<dt key={word}>{say(word)}</dt>, <dd class="num" key={`${word}=`}>{value ?? say("none")}</dd>])}</dl>;
}

/** Into the model, and sheets to take along; links stay on this server. */
function WaysOn({ project }: { project: Project }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const actions = useActions();
  const enter = (model: Model): void => {
    store.update({ project: project.code, model: model.model, element: null, feature: null });
    actions.flyToModel(model);
  };
  const sheet = (form: "pdf" | "xlsx"): string => {
    const { model, asOf, knownAt, by } = state;
    return reportAddress(location.origin, form, { project: project.code, model, asOf, knownAt, by, language }, project.code);
  };
  const [first, ...others] = project.models;
  return <section class="section ways-on" aria-label={say("ways_on")}>
    {first && <button class="button primary" type="button" data-focus="enter-model" onClick={() => enter(first)}><Icon name="open" size={12} />{say("enter_model")}</button>}
    <a class="button" data-focus="sheet-pdf" href={sheet("pdf")} download="">{say("sheet_pdf")}</a>
    <a class="button" data-focus="sheet-xlsx" href={sheet("xlsx")} download="">{say("sheet_xlsx")}</a>
    {others.length > 0 && <ul class="model-chips">{project.models.map((model) => <li key={model.model}>
      <button class="button quiet" type="button" data-focus={`enter ${model.model}`} title={model.file} aria-label={say("enter_model_named", { name: model.discipline || model.file })} onClick={() => enter(model)}>{model.discipline || model.file}</button></li>)}</ul>}
  </section>;
}

function TasksBehind({ code }: { code: string }): JSX.Element | null {
  const { store, say } = useTwin();
  const { value, error } = store.cache.tasks(code);
  const found = useMemo(() => value && tasksBehind(value), [value]);
  if (error) return <Part title="tasks_behind"><Failed>{sentenceOf(error, say)}</Failed></Part>;
  if (!value || !found) return null;
  const { tasks, silent } = found;
  return <Part title="tasks_behind">
    {tasks.length > 0 ? <ul class="tasks">{tasks.slice(0, MOST_TASKS).map((task) => <TaskItem key={task.id} task={task} />)}</ul>
      : <p class="soft note">{say(value.id.length ? "tasks_none" : "tasks_no_schedule")}</p>}
    {tasks.length > MOST_TASKS && <p class="soft note">{say("tasks_more", { n: tasks.length - MOST_TASKS })}</p>}
    {silent > 0 && <p class="soft note">{say("tasks_silent", { n: silent })}</p>}
  </Part>;
}
