/** The section's dialog: level by height, upright by bearing and offset, over the range of the models in view. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { levelSection, sectionRange, uprightSection, type Section } from "../bim/section";
import type { State, Store } from "../store";
import type { Bounds, Model } from "../types";
import { IconButton } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { degrees, metres } from "../words/format";

/** Where models can be cut: their box, its middle, and how high they stand above the map's ground. */
interface Place {
  readonly bounds: Bounds;
  readonly heights: readonly [number, number];
  readonly at: readonly [number, number];
}

export function SectionDialog(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const place = placeOf(cutModels(store, state));
  const { section } = state;
  useEffect(() => { if (!state.section && place) store.update({ section: levelAt(place) }); }, [Boolean(place)]);
  const cut = (next: Section): void => store.update({ section: next });
  const off = (): void => store.update({ section: null, sectionOpen: false });
  const range = section && place && sectionRange(section, place.bounds, place.heights);
  return <div class="panel tool-box" id="section" role="group" aria-label={say("tool_section")}>
    <div class="tool-head"><h3>{say("tool_section")}</h3>
      {section && place && <div class="segments" role="group" aria-label={say("section_kind")}>
        <button class="segment" type="button" data-focus="section level" aria-pressed={section.kind === "level"} onClick={() => section.kind === "level" || cut(levelAt(place))}>{say("section_level")}</button>
        <button class="segment" type="button" data-focus="section upright" aria-pressed={section.kind === "upright"} onClick={() => section.kind === "upright" || cut(uprightSection(0, 0, place.at))}>{say("section_upright")}</button>
      </div>}
      <IconButton icon="close" label={say("close")} focus="close-section" onClick={() => store.update({ sectionOpen: false })} /></div>
    {section && range ? <>
      {section.kind === "level"
        ? <Slider label={say("section_height")} focus="section-height" value={section.height} range={range} step={0.05} said={metres(section.height, language)} onInput={(height) => cut({ ...section, height })} />
        : <>
          <Slider label={say("section_bearing")} focus="section-bearing" value={section.bearing} range={[0, 359]} step={1} said={degrees(section.bearing, language, 0)} onInput={(bearing) => cut({ ...section, bearing })} />
          <Slider label={say("section_offset")} focus="section-offset" value={section.offset} range={range} step={0.05} said={metres(section.offset, language)} onInput={(offset) => cut({ ...section, offset })} />
        </>}
      <div class="tool-ways">
        <button class="button" type="button" data-focus="section flip" aria-pressed={section.flip} onClick={() => cut({ ...section, flip: !section.flip })}>{say("section_flip")}</button>
        <button class="button" type="button" data-focus="section off" onClick={off}>{say("section_off")}</button>
      </div>
    </> : <p class="soft note">{say(place ? "loading" : "section_none")}</p>}
  </div>;
}

interface SliderProps {
  label: string;
  focus: string;
  value: number;
  range: readonly [number, number];
  step: number;
  said: string;
  onInput: (value: number) => void;
}

function Slider({ label, focus, value, range: [low, high], step, said, onInput }: SliderProps): JSX.Element {
  const grid = (bound: number, round: (n: number) => number): number => Number((round(bound / step) * step).toFixed(3));
  return <label class="tool-slider"><span>{label}</span>
    <input type="range" data-focus={focus} min={grid(low, Math.floor)} max={grid(high, Math.ceil)} step={step} value={value} aria-valuetext={said} onInput={(event) => onInput(event.currentTarget.valueAsNumber)} />
    <span class="num">{said}</span></label>;
}

/** Half way up. */
function levelAt({ heights: [low, high] }: Place): Section {
  return levelSection(Math.round(((low + high) / 2) * 20) / 20);
}

/** The open model, else those in view whose facts have come. */
function cutModels(store: Store, { project, model, inView }: State): Model[] {
  const asked = project && model ? [{ project, model }] : inView;
  return asked.flatMap((one) => store.cache.model(one.project, one.model) ?? []);
}

function placeOf(models: readonly Model[]): Place | null {
  const boxes = models.flatMap(({ bounds }) => (bounds ? [bounds] : []));
  if (!boxes.length) return null;
  const heights = models.flatMap((model) => model.heights ?? []);
  const all = (k: number, of: (...values: number[]) => number): number => of(...boxes.map((box) => box[k] as number));
  const bounds: Bounds = [all(0, Math.min), all(1, Math.min), all(2, Math.max), all(3, Math.max)];
  const middle = (low: number, high: number): number => Number(((low + high) / 2).toFixed(8));
  return {
    bounds, at: [middle(bounds[0], bounds[2]), middle(bounds[1], bounds[3])],
    heights: heights.length ? [Math.min(...heights), Math.max(...heights)] : [0, 10],
  };
}
