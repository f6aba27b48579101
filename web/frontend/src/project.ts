/** What the page makes of a project's answer: the tasks that hold it back, the points of its curve, the days of both. */

import type { Evidence, Project, TaskColumns } from "./types";

/** Days since 1970 of an ISO date. */
export function dayNumber(iso: string): number {
  return Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / 86_400_000;
}

/** The ISO date of a number of days since 1970. */
export function isoDay(day: number): string {
  return new Date(Math.round(day) * 86_400_000).toISOString().slice(0, 10);
}

export interface LateTask {
  id: string;
  code: string;
  name: string;
  completion: number;
  planned: number;
  weight: number | null;
  baselineStart: string | null;
  baselineFinish: string | null;
  actualStart: string | null;
  actualFinish: string | null;
}

/** Less than this behind (a share) is rounding. */
const EVEN = 1e-6;

/**
 * Tasks without tasks of their own that have done less than planned, those first that hold the whole back most; and how
 * many should have begun but have no report: of these nobody knows whether they are behind.
 */
export function tasksBehind(columns: TaskColumns): { tasks: LateTask[]; silent: number } {
  const parents = new Set(columns.parent.filter(Boolean));
  const tasks: LateTask[] = [];
  let silent = 0;
  columns.id.forEach((id, i) => {
    const planned = columns.planned[i] ?? null;
    const completion = columns.completion[i] ?? null;
    if (columns.kind[i] === "summary" || parents.has(id) || !planned) return;
    if (completion === null) silent += 1;
    else if (planned - completion > EVEN) tasks.push({
      id, completion, planned, code: columns.code[i] || id, name: columns.name[i] ?? "", weight: columns.weight[i] ?? null,
      baselineStart: columns.baseline_start[i] ?? null, baselineFinish: columns.baseline_finish[i] ?? null,
      actualStart: columns.actual_start[i] ?? null, actualFinish: columns.actual_finish[i] ?? null,
    });
  });
  const lost = (task: LateTask): number => (task.planned - task.completion) * (task.weight ?? 0);
  tasks.sort((a, b) => lost(b) - lost(a) || b.planned - b.completion - (a.planned - a.completion) || compare(a.baselineFinish ?? "", b.baselineFinish ?? "") || compare(a.code, b.code));
  return { tasks, silent };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The verdict that decides the light: one with a figure before one without; undefined when no rule speaks. */
export function decisive(evidence: readonly Evidence[]): Evidence | undefined {
  const deciding = evidence.filter((item) => item.decisive);
  return deciding.find((item) => item.light && item.value !== null) ?? deciding[0];
}

type Series = readonly (number | null)[];

export interface Points {
  days: number[];
  planned: Series;
  earned: Series;
  spent: Series;
  forecast: Series;
}

/** The curve by day number; null when it has no day. Money spent is no share: without a budget it is left out. */
export function points(curve: Project["curve"], inMoney: boolean): Points | null {
  const days = curve.days.filter((day): day is string => Boolean(day)).map(dayNumber);
  if (!days.length) return null;
  const none = days.map(() => null);
  return { days, planned: curve.planned, earned: curve.earned, spent: inMoney ? curve.actual_cost : none, forecast: curve.forecast };
}

/** The last known value at or before a place in a series, and where it stands; null before the first. */
export function lastKnown(series: Series, at = series.length - 1): { value: number; index: number } | null {
  for (let index = Math.min(at, series.length - 1); index >= 0; index--) {
    const value = series[index];
    if (value !== null && value !== undefined) return { value, index };
  }
  return null;
}

/** The place in `days` nearest to a day. */
export function nearest(days: readonly number[], day: number): number {
  let best = 0;
  days.forEach((known, i) => { if (Math.abs(known - day) < Math.abs((days[best] as number) - day)) best = i; });
  return best;
}

/** Where curve and forecast end, at this pace; null without a forecast. */
export function forecastFinish(project: Project): string | null {
  return project.forecast.finish["spi_t"] ?? null;
}

/** Is the day still to come for a project that is not finished? */
export function foretold(project: Project, today: string | undefined): boolean {
  return Boolean(today && project.as_of > today && !(project.actual_finish && project.actual_finish <= today));
}
