/** Days as ISO 8601 texts: arithmetic with months whose end stays an end, the steps of a run through time. */

import type { Light, Month, Timeline } from "./types";

const DAY = 86400000;

/** Days since 1970-01-01. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);
}

export function dayOf(number: number): string {
  return new Date(number * DAY).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(dayNumber(day) + days);
}

/** The same day so many months later; the end of a month stays one, the 30th of a shorter month is its end. */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const last = (y: number, m: number): number => new Date(Date.UTC(y, m, 0)).getUTCDate();
  const there = new Date(Date.UTC(year, month - 1 + months, 1));
  const length = last(there.getUTCFullYear(), there.getUTCMonth() + 1);
  const at = date === last(year, month) ? length : Math.min(date, length);
  return dayOf(Math.round(there.getTime() / DAY) + at - 1);
}

export function clampDay(day: string, first: string, last: string): string {
  return day < first ? first : day > last ? last : day;
}

/** Spans shorter than this run by days, longer ones by months. */
const SHORT = 62;

/** Where a run through time goes next: the next month's end, or the next day of a short span; null at the end. */
export function nextStep({ first, last, months }: Pick<Timeline, "first" | "last" | "months">, day: string): string | null {
  if (!first || !last || day >= last) return null;
  if (day < first) return first;
  if (dayNumber(last) - dayNumber(first) < SHORT) return addDays(day, 1);
  return months.find((month) => month.as_of > day)?.as_of ?? last;
}

/** The month that a day lies in, by its place in the list; -1: none. */
export function monthIndex(months: readonly Month[], day: string): number {
  const found = months.findIndex((month) => month.as_of >= day);
  return found === 0 && months[0]?.as_of.slice(0, 7) !== day.slice(0, 7) ? -1 : found;
}

/** From the ground up: what is well, what is silent, what needs attention, what burns. */
export const STACK: readonly Light[] = ["green", "grey", "yellow", "red"];

/** The parts of a month's column as shares of the tallest column; empty while it is not judged. */
export function column(month: Month, tallest: number): { light: Light; share: number }[] {
  return STACK.flatMap((light) => (month[light] && tallest ? [{ light, share: (month[light] ?? 0) / tallest }] : []));
}

export function tallestOf(months: readonly Month[]): number {
  return Math.max(0, ...months.map((month) => STACK.reduce((sum, light) => sum + (month[light] ?? 0), 0)));
}
