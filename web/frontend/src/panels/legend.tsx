/** What the colours mean: steps of a scale with their edges, classes by name, lights by their marks. */

import type { JSX } from "preact";

import type { Legend as LegendJson, LegendEntry, Light } from "../types";
import { LightMark } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { number } from "../words/format";
import { lightName, LIGHTS } from "../words/lights";

export function Legend({ legend }: { legend: LegendJson }): JSX.Element {
  const { say, language } = useTwin();
  const steps = legend.entries.filter((entry) => !entry.key);
  const edge = (entry: LegendEntry): string => (entry.to === undefined ? "" : number(entry.to, language));
  return <div class="legend" data-by={legend.by}>
    {steps.length > 0 && <ul class="legend-scale">{steps.map((entry) => <li key={entry.index} title={entry.label} aria-label={entry.label}>
      <Swatch entry={entry} /><span class="edge num" aria-hidden="true">{edge(entry)}</span></li>)}</ul>}
    {steps.length > 0 && <span class="soft note">{say(steps[0]?.unit === "pp" ? "unit_pp" : legend.by === "progress" ? "unit_done" : "unit_use")}</span>}
    <ul class="legend-names">{legend.entries.filter((entry) => entry.key).map((entry) => <li key={entry.index}><Swatch entry={entry} /><span>{entry.label}</span></li>)}</ul>
  </div>;
}

/** A light as its mark, any other class as a field of its colour. */
function Swatch({ entry }: { entry: LegendEntry }): JSX.Element {
  if (entry.shape) return <LightMark light={entry.key as Light} legend={[entry]} />;
  return <span class="swatch" style={{ background: entry.colour }} />;
}

/** The marks on the map, while nothing else is coloured. */
export function LightNames(): JSX.Element | null {
  const { store } = useTwin();
  const legend = store.lights();
  if (!legend.length) return null;
  return <ul class="legend-names legend-lights">{[...LIGHTS].reverse().map((light) => <li key={light}><LightMark light={light} legend={legend} /><span>{lightName(light, legend)}</span></li>)}</ul>;
}
