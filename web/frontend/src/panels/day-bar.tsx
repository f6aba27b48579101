/** The bar at the bottom: when, coloured by what, drawn as what; the lights of all months. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { addMonths } from "../days";
import { isStatic } from "../static";
import type { State } from "../store";
import { Icon } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { CITY_AS, COLOUR_BY, readDay } from "../url";
import { date, number } from "../words/format";
import { Legend, LightNames } from "./legend";
import { MonthStrip } from "./month-strip";
import { dayOf, Mover, moveTo, play } from "./player";

const EARLIEST = "1900";

export function DayBar(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const bar = useRef<HTMLElement>(null);
  const mover = useMemo(() => new Mover(store), [store]);
  const day = dayOf(store);
  const timeline = useTimeline();
  const today = store.cache.projects().value?.today ?? timeline?.today;
  const ahead = Boolean(day && today && day > today);
  const ready = Boolean(timeline?.first) && !isStatic();
  usePlaying(state.playing);
  // What floats at the bottom of the map, and the panels beside it, stay above the bar.
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => document.documentElement.style.setProperty("--day-bar", `${bar.current?.offsetHeight ?? 0}px`));
    if (bar.current) watch.observe(bar.current);
    return () => watch.disconnect();
  }, []);
  const move = (to: string): void => { if (state.playing) store.update({ playing: false }); mover.want(to); };
  const space = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key !== " " || !(event.target instanceof HTMLElement) || event.target.closest("button, select, input:not([type=range])")) return;
    event.preventDefault();
    if (state.playing || ready) store.update({ playing: !state.playing });
  };
  const legend = state.by ? store.cache.legend(state.by).value : undefined;
  return <section class={`panel day-bar${ahead ? " ahead" : ""}`} id="day-bar" ref={bar} aria-label={say("day_bar")} onKeyDown={space}>
    <div class="day-line">
      <PlayButton ready={ready} />
      <DayField day={day} />
      {ahead && <b class="forecast-chip" id="forecast">{say("forecast")}</b>}
      <ColourChoice />
      <Segments label={say("city_as")} name="city-as" of={CITY_AS} chosen={state.cityAs} word={(as) => say(`as_${as}`)} choose={(cityAs) => store.update({ cityAs })} />
      <CompareButton day={day} />
      <div class="legend-box">{legend ? <Legend legend={legend} /> : !state.by && <LightNames />}</div>
    </div>
    {timeline && <MonthStrip timeline={timeline} day={day} move={move} />}
    {timeline && !timeline.complete && <p class="soft note making" role="status">{say("timeline_making", { done: number(timeline.months.filter((month) => month.red !== null).length, language), all: number(timeline.months.length, language) })}</p>}
  </section>;
}

/** The months; while some are not judged yet they are asked for again. */
function useTimeline(): ReturnType<ReturnType<typeof useTwin>["store"]["cache"]["timeline"]>["value"] {
  const { store } = useTwin();
  // First the city of the day, then all the others.
  const known = store.cache.projects().value ? store.cache.timeline() : undefined;
  const timeline = known?.value;
  useEffect(() => {
    if (!timeline || timeline.complete) return undefined;
    const timer = setTimeout(() => store.forget("timeline"), 1000);
    return () => clearTimeout(timer);
  }, [timeline, store]);
  return timeline;
}

function usePlaying(playing: boolean): void {
  const { store } = useTwin();
  useEffect(() => {
    if (!playing) return undefined;
    const stop = new AbortController();
    void play(store, stop.signal);
    return () => stop.abort();
  }, [playing, store]);
}

function PlayButton({ ready }: { ready: boolean }): JSX.Element {
  const { store, state, say } = useTwin();
  const word = say(state.playing ? "pause" : "play");
  return <button class="button icon-only play" type="button" data-focus="play" aria-label={word} title={word} aria-pressed={state.playing} disabled={!ready && !state.playing} onClick={() => store.update({ playing: !state.playing })}>
    <Icon name={state.playing ? "pause" : "play"} />
  </button>;
}

function DayField({ day }: { day: string }): JSX.Element {
  const { store, say } = useTwin();
  const field = useRef<HTMLInputElement>(null);
  // The newest day that was written here and is not shown yet: until then older ones do not take its place.
  const written = useRef<string | null>(null);
  const put = (): void => { if (field.current && field.current.value !== day) field.current.value = day; };
  useLayoutEffect(() => {
    if (written.current === null) put();
    else if (written.current === day) written.current = null;
  }, [day]);
  return <label><span class="hidden">{say("as_of")}</span>
    <input type="date" id="as-of" data-focus="as-of" ref={field} onBlur={() => { written.current = null; put(); }} onChange={(event) => {
      const asOf = readDay(event.currentTarget.value);
      // The year 0002 is 2026 half written: until it is a day it is the reader's.
      if (!asOf || asOf < EARLIEST) return;
      if (asOf !== day) written.current = asOf;
      store.update({ playing: false });
      moveTo(store, asOf);
    }} /></label>;
}

/** All colourings; the elements' own materials are the one that is none. */
function ColourChoice(): JSX.Element {
  const { store, state, say } = useTwin();
  return <label><span class="hidden">{say("colour")}</span>
    <select id="by" data-focus="by" value={state.by ?? ""} onChange={(event) => store.update({ by: COLOUR_BY.find((known) => known === event.currentTarget.value) ?? null })}>
      <option value="">{say("by_material")}</option>
      {COLOUR_BY.map((by) => <option key={by} value={by}>{say(`by_${by}`)}</option>)}
    </select></label>;
}

/** One of a few, all of them in sight. */
function Segments<T extends string>({ label, name, of, chosen, word, choose }: { label: string; name: string; of: readonly T[]; chosen: T; word: (value: T) => string; choose: (value: T) => void }): JSX.Element {
  return <div class="segments" role="group" aria-label={label} id={name}>{of.map((value) =>
    <button key={value} type="button" data-focus={`${name} ${value}`} aria-pressed={value === chosen} onClick={() => choose(value)}>{word(value)}</button>)}</div>;
}

function CompareButton({ day }: { day: string }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const before = day ? addMonths(day, -1) : "";
  const pressed: State["compare"] = state.compare;
  return <button class="button compare" type="button" data-focus="compare" aria-pressed={pressed !== null} disabled={!day} title={day ? say("compare_hint", { before: date(pressed ?? before, language), day: date(day, language) }) : undefined}
    onClick={() => store.update({ compare: pressed === null ? before : null })}>{say("compare_month")}</button>;
}
