/** An element on the day that is looked at: its condition, how far it is, why, what it takes, who reported on it. */

import type { JSX } from "preact";

import type { ElementDetails } from "../types";
import { ShareBar, Skeleton } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { date } from "../words/format";
import { percent } from "../words/lights";
import { doneText, reportText } from "../words/reasons";
import { Reason, Resources, TaskItem } from "./project-parts";

/** Condition, completion against plan and the tasks that build it, on the day. */
export function OnTheDay({ element }: { element: ElementDetails }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const project = store.cache.project(element.project).value;
  const day = project?.as_of ?? state.asOf;
  const { condition, completion, planned, tasks } = element;
  const done = doneText({ progress: completion, planned_progress: planned }, say, language);
  return <section class="section" id="element-day">
    <h3>{day ? say("element_day", { date: day }) : say("state")}</h3>
    <p class="light-line" id="condition">{condition && <span class="swatch" style={{ background: condition.colour }} />}<b>{condition?.label ?? say("no_condition")}</b></p>
    {done && <p class="num">{done}</p>}
    {(completion !== null || planned !== null) && <ShareBar done={completion} planned={planned} />}
    <h3 class="sub">{say("element_tasks")}</h3>
    {tasks.length ? <ul class="tasks">{tasks.map((task) => <TaskItem key={task.id} task={{
      id: task.id, code: task.code, name: task.name, completion: task.completion, planned: task.planned,
      baselineStart: task.baseline_start, baselineFinish: task.baseline_finish, actualStart: task.actual_start, actualFinish: task.actual_finish,
    }} />)}</ul> : <p class="soft note">{say("element_tasks_none")}</p>}
  </section>;
}

/** Why its project's light burns; what its share of the resources is; its systems; the reports on its tasks. */
export function AroundTheDay({ element }: { element: ElementDetails }): JSX.Element {
  const { store, say } = useTwin();
  const { value: project, error } = store.cache.project(element.project);
  return <>
    {!error && <section class="section"><h3>{say("element_why")}</h3>{project ? <Reason project={project} of={project.name || project.code} /> : <Skeleton label={say("loading")} />}</section>}
    {Object.keys(element.resources).length > 0 && <section class="section"><h3>{say("element_resources")}</h3><Resources resources={element.resources} /></section>}
    {element.systems.length > 0 && <section class="section"><h3>{say("systems")}</h3><ul class="plain" id="systems">{element.systems.map((name, i) => <li key={i}>{name || say("unnamed")}</li>)}</ul></section>}
    {element.history.length > 0 && <History element={element} />}
  </>;
}

function History({ element: { history, history_left_off: leftOff, tasks } }: { element: ElementDetails }): JSX.Element {
  const { say, language } = useTwin();
  const named = new Map(tasks.map((task) => [task.id, task.name || task.code]));
  return <section class="section"><h3>{say("history")}</h3>
    {leftOff > 0 && <p class="soft note">{say("history_left_off", { n: leftOff })}</p>}
    <ul class="plain history" id="history">{[...history].reverse().map((item) => <li key={`${item.fact_date} ${item.task}`} data-day={item.fact_date}>
      <p class="task-name"><span class="num">{date(item.fact_date, language)}</span><b class="num">{percent(item.completion, language, 0)}</b></p>
      {tasks.length > 1 && <p class="soft note">{named.get(item.task) ?? item.task}</p>}
      {item.report && <p class="soft note num">{reportText(item.report, say, language)}</p>}
    </li>)}</ul>
  </section>;
}
