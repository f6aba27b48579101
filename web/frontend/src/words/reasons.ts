/** Why a light burns, in plain sentences: the clause, its figure against its line, what is done against what was planned. */

import { decisive } from "../project";
import type { Store } from "../store";
import type { Evidence, Project, Report } from "../types";
import type { Language } from "./dictionary";
import { number } from "./format";
import { measureName, percent, ruleUnit } from "./lights";

type Say = Store["say"];

/** "SPI(t) 0.925, line < 0.95"; "" for a rule without a figure. */
export function figureText({ measure, value, unit, threshold }: Evidence, say: Say, language: Language): string {
  if (value === null) return "";
  const figure = `${number(value, language, 3)}${ruleUnit(unit, language)}`;
  if (!threshold) return `${measureName(measure, language)} ${figure}`;
  return say("figure_line", { measure: measureName(measure, language), figure, line: `${threshold}${ruleUnit(unit, language)}` });
}

/** "Done 69.4 %, planned 88.5 %, 19.1 points behind"; "" while nothing is reported. */
export function doneText({ progress, planned_progress: planned }: Pick<Project, "progress" | "planned_progress">, say: Say, language: Language): string {
  const comma = language === "zh" ? "，" : ", ";
  if (progress === null) return "";
  if (planned === null) return say("done_only", { done: percent(progress, language) });
  const points = Math.round((progress - planned) * 1000) / 10;
  const apart = points < 0 ? say("points_behind", { n: number(-points, language, 1) }) : points > 0 ? say("points_ahead", { n: number(points, language, 1) }) : say("points_even");
  return say("done_of_planned", { done: percent(progress, language), planned: percent(planned, language) }) + comma + apart;
}

/** At most two sentences: what the deciding clause says, and its figures. */
export function reasonSentences(project: Project, say: Say, language: Language): string[] {
  const first = decisive(project.evidence);
  const figures = [first ? figureText(first, say, language) : "", doneText(project, say, language)].filter(Boolean);
  const second = figures.map((text, i) => (i ? text.charAt(0).toLowerCase() + text.slice(1) : text)).join(language === "zh" ? "；" : "; ");
  return [first?.clause ?? "", second && second + (language === "zh" ? "。" : ".")].filter(Boolean);
}

/** Where a figure stands and when it was written down. */
export function reportText(report: Report, say: Say, language: Language): string {
  const place = report.row ? say("report_row", { file: report.file, row: report.row }) : report.file;
  return `${place}${language === "zh" ? "，" : ", "}${say("recorded", { date: report.recorded_at.slice(0, 10) })}`;
}
