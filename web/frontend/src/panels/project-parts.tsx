/** What the panels of a project and of an element share: the reason, verdicts, resources, tasks. */

import type { JSX } from "preact";

import { decisive, type LateTask } from "../project";
import { LightMark, ShareBar } from "../ui/parts";
import { useTwin } from "../ui/twin";
import type { Evidence, Project, Report } from "../types";
import { amounts } from "../words/amounts";
import type { Word } from "../words/dictionary";
import { date } from "../words/format";
import { lightName, percent } from "../words/lights";
import { figureText, reasonSentences, reportText } from "../words/reasons";

/** The light with its reason, on its own tint; `of`: whose light it is, where that is not said already. */
export function Reason({ project, of }: { project: Project; of?: string }): JSX.Element {
  const { store, say, language } = useTwin();
  const legend = store.lights();
  const first = decisive(project.evidence);
  const report = first?.report ?? project.report;
  const name = lightName(project.light, legend);
  const colour = legend.find((entry) => entry.key === project.light)?.colour;
  const sentences = reasonSentences(project, say, language);
  const colon = language === "zh" ? "：" : ": ";
  return <div class="why-box" id="reason" data-light={project.light} style={colour ? { "--light": colour } : {}}>
    {(sentences.length ? sentences : [""]).map((sentence, i) => <p class="num" key={i}>{i === 0 && <b class="why"><LightMark light={project.light} legend={legend} />{of ? say("project_light", { name: of, light: name }) : name}{sentence && colon}</b>}{sentence}</p>)}
    {(first || report) && <p class="soft note num dots">{first && <span>{say("basis", { source: first.source })} </span>}{report && <span>{say("evidence_report", { report: reportText(report, say, language) })}</span>}</p>}
    {project.held_from && <p class="soft note">{say("held_from", { date: date(project.held_from, language) })}</p>}
  </div>;
}

/** What every rule says, those first that decide; where each clause is published is text: the page calls nobody. */
export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }): JSX.Element {
  const sorted = [...evidence].sort((a, b) => Number(b.decisive) - Number(a.decisive));
  return <ul class="evidence">{sorted.map((item, i) => <EvidenceItem key={i} item={item} />)}</ul>;
}

function EvidenceItem({ item }: { item: Evidence }): JSX.Element {
  const { store, say, language } = useTwin();
  const figure = figureText(item, say, language);
  const days = [item.fact_date && say("fact_date", { date: date(item.fact_date, language) }), item.report && say("recorded", { date: item.report.recorded_at.slice(0, 10) })].filter(Boolean);
  return <li class={item.decisive ? "decisive" : ""} data-rule={item.rule}>
    {item.light ? <LightMark light={item.light} legend={store.lights()} said /> : <span class="mark" />}
    <details class="fold" open={item.decisive}>
      <summary><span>{item.clause}{item.decisive && <span class="hidden"> ({say("decisive")})</span>}</span></summary>
      {figure && <p class="num soft">{figure}</p>}
      {item.report && <p class="soft">{placeText(item.report, say)}</p>}
      {days.length > 0 && <p class="soft dots num">{days.map((day) => <span key={day}>{day} </span>)}</p>}
      <p class="soft source">{say("clause_source")} <span>{item.source}</span></p>
    </details>
  </li>;
}

function placeText(report: Report, say: ReturnType<typeof useTwin>["say"]): string {
  return report.row ? say("report_row", { file: report.file, row: report.row }) : report.file;
}

interface Used {
  readonly unit: string;
  readonly planned: number | null;
  readonly used: number | null;
  readonly total?: number | null;
}

const RESOURCES = ["funds", "labour", "machinery", "concrete", "steel", "land"] as const;

/** Planned against used, each resource a bar as long as all that is planned of it. */
export function Resources({ resources }: { resources: Readonly<Record<string, Used | undefined>> }): JSX.Element {
  const { say, language } = useTwin();
  return <>
    <ul class="uses">{RESOURCES.map((name) => {
      const use = resources[name];
      if (!use) return null;
      const { used, planned, unit, total = null } = use;
      const whole = Math.max(total ?? 0, planned ?? 0, used ?? 0);
      const share = (value: number | null): number | null => (value === null || !whole ? null : value / whole);
      const values = { used: amounts([used], unit, language), planned: amounts([planned], unit, language) };
      const hint = total === null ? say("resource_hint", values) : say("resource_hint_total", { ...values, total: amounts([total], unit, language) });
      return <li key={name} data-use={name} title={hint}>
        <span>{say(`use_${name}`)}</span><ShareBar done={share(used)} planned={share(planned)} /><span class="num" aria-hidden="true">{amounts([used, planned], unit, language)}</span><span class="hidden">{hint}</span>
      </li>;
    })}</ul>
    <p class="soft note">{say("resource_key")}</p>
  </>;
}

/** A task: its name, how far it is, when it was planned and done. */
export function TaskItem({ task }: { task: TaskLine }): JSX.Element {
  const { say, language } = useTwin();
  const day = (iso: string | null, open: Word = "none"): string => (iso ? date(iso, language) : say(open));
  const began = task.actualStart || task.actualFinish;
  return <li data-task={task.id}>
    <p class="task-name"><span>{task.name || task.code}</span><span class="num">{task.completion === null ? say("task_no_report") : say("task_share", { done: percent(task.completion, language, 0), planned: percent(task.planned, language, 0) })}</span></p>
    <ShareBar done={task.completion} planned={task.planned} />
    <p class="soft note num">{say("task_planned", { from: day(task.baselineStart), to: day(task.baselineFinish) })}{task.completion !== null && !began && ` · ${say("task_not_begun")}`}</p>
    {began && <p class="soft note num">{say("task_actual", { from: day(task.actualStart), to: day(task.actualFinish, "task_open") })}</p>}
  </li>;
}

export type TaskLine = Omit<LateTask, "completion" | "planned" | "weight"> & { completion: number | null; planned: number | null };
