/** The S-curve of a project: planned, done, spent and forecast, a line at the day; figures of the day that is pointed at. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";

import { dayNumber, isoDay, lastKnown, nearest, type Points } from "../project";
import { curveScale, curveValue } from "../words/amounts";
import { number } from "../words/format";
import { useTwin } from "./twin";

type Name = "planned" | "earned" | "spent" | "forecast";
const WORDS = { planned: "curve_planned", earned: "curve_done", spent: "curve_spent", forecast: "curve_forecast" } as const;
const HEIGHT = 168;

export interface CurveProps {
  name: string;
  points: Points;
  asOf: string;
  /** Money of the project; null: shares of the whole. */
  currency: string | null;
  inMoney: boolean;
  finish: string | null;
}

/** The curve, its key with figures, and all figures as a table. */
export function Curve({ name, points, asOf, currency, inMoney, finish }: CurveProps): JSX.Element {
  const { say, language } = useTwin();
  const [pointed, setPointed] = useState<number | null>(null);
  const [broken, setBroken] = useState(false);
  const { days } = points;
  const shown = useMemo(() => (Object.keys(WORDS) as Name[]).filter((key) => points[key].some((value) => value !== null)), [points]);
  const value = (v: number | null | undefined): string => curveValue(v ?? null, inMoney, currency, language);
  const at = pointed ?? nearest(days, dayNumber(asOf));
  const told = (key: Name): string => {
    if (pointed !== null) return value(points[key][at]);
    return value(lastKnown(points[key], key === "forecast" ? days.length - 1 : at)?.value);
  };
  const scale = curveScale(Math.max(0, ...shown.flatMap((key) => points[key].map((v) => v ?? 0))), inMoney, currency, language);
  const facts = shown.map((key) => (key === "forecast" && finish ? say("curve_forecast_to", { date: finish }) : `${say(WORDS[key])} ${told(key)}`));
  return <>
    <ul class="curve-key">{shown.map((key) => <li key={key} data-series={key}><span class={`curve-line ${key}`} /><span>{key === "forecast" && finish && pointed === null ? say("curve_forecast_to", { date: finish }) : say(WORDS[key])}</span>
      {(key !== "forecast" || pointed !== null || !finish) && <b class="num">{told(key)}</b>}</li>)}</ul>
    <p class="soft note num curve-at" data-at={isoDay(days[at] as number)}>{say("curve_unit", { unit: scale.word })}<span>{pointed === null ? asOf : isoDay(days[at] as number)}</span></p>
    {broken ? <p class="soft note">{say("curve_broken")}</p>
      : <Plot points={points} shown={shown} asOf={asOf} scale={scale.by} label={say("curve_sentence", { name, date: asOf, facts: facts.join(language === "zh" ? "，" : ", ") })} onPoint={setPointed} onBroken={() => setBroken(true)} />}
    <details class="fold" data-focus="curve-numbers"><summary>{say("curve_numbers")}</summary>
      <div class="table-scroll" tabIndex={0}><table class="curve-table"><thead><tr><th scope="col">{say("curve_month")}</th>{shown.map((key) => <th scope="col" key={key}>{say(WORDS[key])}</th>)}</tr></thead>
        <tbody>{days.map((day, i) => <tr key={day}><th scope="row" class="num">{isoDay(day)}</th>{shown.map((key) => <td class="num" key={key} data-value={points[key][i] ?? ""}>{value(points[key][i])}</td>)}</tr>)}</tbody></table></div>
    </details>
  </>;
}

interface PlotProps {
  points: Points;
  shown: readonly Name[];
  asOf: string;
  /** What values are divided by on the axis. */
  scale: number;
  label: string;
  onPoint: (index: number | null) => void;
  onBroken: () => void;
}

function dataOf(points: Points, shown: readonly Name[]): uPlot.AlignedData {
  return [points.days, ...shown.map((key) => [...points[key]])] as uPlot.AlignedData;
}

function Plot({ points, shown, asOf, scale, label, onPoint, onBroken }: PlotProps): JSX.Element {
  const { state, language } = useTwin();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef({ points, shown, asOf, scale });
  newest.current = { points, shown, asOf, scale };
  const kinds = shown.join(" ");
  useEffect(() => {
    const parent = holder.current;
    if (!parent) return;
    let gone = false;
    const sized = new ResizeObserver(() => { if (parent.clientWidth) plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT }); });
    import("./plot").then(({ default: UPlot }) => {
      if (gone) return;
      const { points: now, shown: keys } = newest.current;
      plot.current = new UPlot(options(parent.clientWidth, keys, () => newest.current, (value) => number(value, language, 1), onPoint), dataOf(now, keys), parent);
      sized.observe(parent);
    }, onBroken);
    return () => {
      gone = true;
      sized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [kinds, state.theme, language]);
  useEffect(() => { plot.current?.setData(dataOf(points, shown)); }, [points, asOf, scale]);
  return <div class="curve" role="img" aria-label={label} ref={holder} style={{ height: `${HEIGHT}px` }} />;
}

/** How the curve is drawn; colours are the theme's. */
function options(width: number, shown: readonly Name[], now: () => Pick<PlotProps, "points" | "asOf" | "scale">, text: (value: number) => string, onPoint: (index: number | null) => void): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const looks: Readonly<Record<Name, uPlot.Series>> = {
    planned: { stroke: colour("--curve-planned"), width: 1.5, dash: [5, 4] }, earned: { stroke: colour("--curve-done"), width: 2.25 },
    spent: { stroke: colour("--curve-spent"), width: 1.5 }, forecast: { stroke: colour("--curve-done"), width: 2, dash: [1.5, 4], cap: "round" },
  };
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour("--soft"), font, ticks: { show: false }, gap: 4 };
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 22, 0, 0],
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(max, 1e-9) * 1.04] } },
    series: [{}, ...shown.map((key) => ({ ...looks[key], spanGaps: true, points: { show: (_: uPlot, i: number) => now().points[key].filter((v) => v !== null).length === 1 && i > 0 } }))],
    axes: [
      { ...axis, size: 22, grid: { show: false }, splits: () => ends(now()), values: (_, splits) => splits.map((day) => isoDay(day).slice(0, 7)) },
      { ...axis, size: (_, values) => 12 + 7 * Math.max(1, ...(values ?? []).map((value) => value.length)), grid: { stroke: colour("--line"), width: 1 }, space: 40, values: (_, splits) => splits.map((value) => text(value / now().scale)) },
    ],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    hooks: {
      setCursor: [(u) => onPoint(u.cursor.left !== undefined && u.cursor.left >= 0 ? (u.cursor.idx ?? null) : null)],
      draw: [(u) => dayLine(u, dayNumber(now().asOf), colour("--ink"))],
    },
  };
}

/** First and last month, and the day between them where there is room. */
function ends({ points, asOf }: Pick<PlotProps, "points" | "asOf">): number[] {
  const [first, last, day] = [points.days[0] as number, points.days.at(-1) as number, dayNumber(asOf)];
  const room = (last - first) * 0.24;
  return day > first + room && day < last - room ? [first, day, last] : first === last ? [first] : [first, last];
}

function dayLine(u: uPlot, day: number, colour: string): void {
  const { left, top, width, height } = u.bbox;
  const x = Math.round(u.valToPos(day, "x", true));
  if (x < left || x > left + width) return;
  u.ctx.save();
  u.ctx.strokeStyle = colour;
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.beginPath();
  u.ctx.moveTo(x, top);
  u.ctx.lineTo(x, top + height);
  u.ctx.stroke();
  u.ctx.restore();
}
