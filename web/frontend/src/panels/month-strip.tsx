/** How many lights burned at the end of each month, and the slider over it. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { addMonths, clampDay, column, dayNumber, dayOf, monthIndex, tallestOf } from "../days";
import type { Month, Timeline } from "../types";
import { useTwin } from "../ui/twin";
import { date, number } from "../words/format";

export function MonthStrip({ timeline, day, move }: { timeline: Timeline; day: string; move: (day: string) => void }): JSX.Element | null {
  const { say, language } = useTwin();
  const { first, last, months, today } = timeline;
  const at = monthIndex(months, day);
  if (!first || !last) return null;
  const place = (of: string): string => `${((dayNumber(of) - dayNumber(first)) / Math.max(1, dayNumber(last) - dayNumber(first))) * 100}%`;
  const ahead = months.findIndex((month) => month.forecast);
  return <div class="months" style={{ "--months": months.length }}>
    <Columns months={months} at={at} move={move} />
    <div class="month-axis">
      {ahead >= 0 && <span class="forecast-span" style={{ left: place(clampDay(today, first, last)) }} title={say("forecast")} />}
      {today >= first && today <= last && <span class="today" style={{ left: place(today) }} title={date(today, language)} />}
      <DaySlider first={first} last={last} today={today} day={day} move={move} />
      <div class="month-words num" aria-hidden="true">
        {years(months).filter(([, end]) => Math.abs(dayNumber(end) - dayNumber(today)) > 62).map(([year, end]) => <span key={year} style={{ left: place(end) }}>{year}</span>)}
        {today >= first && today <= last && <span class="today-word" style={{ left: place(today) }}>{say("today")}</span>}
        {ahead >= 0 && ahead < months.length - 1 && <span class="forecast-word">{say("forecast")} →</span>}
      </div>
    </div>
  </div>;
}

/** Every January with its month's end. */
function years(months: readonly Month[]): [year: string, end: string][] {
  return months.filter((month) => month.as_of.slice(5, 7) === "01").map((month) => [month.as_of.slice(0, 4), month.as_of]);
}

/** A column per month, red on top; those to come are pale and hatched. */
function Columns({ months, at, move }: { months: readonly Month[]; at: number; move: (day: string) => void }): JSX.Element {
  const { store, say, language } = useTwin();
  const legend = store.lights();
  const go = useRef(move);
  go.current = move;
  const columns = useMemo(() => {
    const tallest = tallestOf(months);
    const colours = new Map(legend.map((entry) => [entry.key, entry.colour]));
    const told = (month: Month): string => {
      const when = month.forecast ? say("strip_forecast", { month: date(month.as_of, language) }) : date(month.as_of, language);
      if (month.red === null) return say("strip_waiting", { date: when });
      return say("strip_month", { date: when, red: number(month.red, language), yellow: number(month.yellow ?? 0, language), grey: number(month.grey ?? 0, language), green: number(month.green ?? 0, language) });
    };
    return months.map((month) => ({ month, told: told(month), parts: column(month, tallest).map((part) => ({ ...part, colour: colours.get(part.light) })) }));
  }, [months, legend, language, say]);
  return <div class="month-columns" role="group" aria-label={say("strip", { n: number(months.length, language) })}>
    {columns.map(({ month, told, parts }, i) => <button key={month.as_of} type="button" tabIndex={-1} class={`month${month.forecast ? " ahead" : ""}${i === at ? " at" : ""}`} data-month={month.as_of} data-red={month.red ?? undefined} title={told} aria-label={told}
      onClick={() => go.current(month.as_of)}>
      {parts.map(({ light, share, colour }) => <span key={light} class={`part-${light}`} style={{ height: `${share * 100}%`, background: colour }} />)}
    </button>)}
  </div>;
}

/** Arrows go a day, page keys a month; what is being dragged is shown at once. */
function DaySlider({ first, last, today, day, move }: { first: string; last: string; today: string; day: string; move: (day: string) => void }): JSX.Element {
  const { say, language } = useTwin();
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => { if (draft === day) setDraft(null); }, [day, draft]);
  const shown = clampDay(draft ?? (day || today), first, last);
  const want = (to: string): void => {
    const wanted = clampDay(to, first, last);
    setDraft(wanted);
    move(wanted);
  };
  const key = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const months = { PageUp: 1, PageDown: -1 }[event.key];
    if (!months) return;
    event.preventDefault();
    want(addMonths(shown, months));
  };
  return <input type="range" id="day-slider" data-focus="slider" aria-label={say("slider")} min={dayNumber(first)} max={dayNumber(last)} step={1} value={dayNumber(shown)}
    aria-valuetext={shown > today ? say("day_after_today", { date: date(shown, language) }) : date(shown, language)}
    onInput={(event) => want(dayOf(Number(event.currentTarget.value)))} onKeyDown={key} onChange={(event) => event.stopPropagation()} />;
}
