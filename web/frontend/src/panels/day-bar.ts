/** The bar at the bottom: which day, what colours the elements, what the colours mean. */

import { h, replace } from "../dom";
import { lightMark } from "../marks";
import type { Store } from "../store";
import type { Legend, LegendEntry, Light } from "../types";
import { COLOUR_BY, readDay } from "../url";
import { number } from "../words/format";

export function dayBar(store: Store): HTMLElement {
  const day = h("input", { type: "date", id: "as-of", "data-focus": "as-of", onchange: () => { const asOf = readDay(day.value); if (asOf) store.update({ asOf }); else draw(); } });
  const by = h("select", { id: "by", "data-focus": "by", onchange: () => store.update({ by: COLOUR_BY.find((known) => known === by.value) ?? null }) });
  const [dayWord, byWord] = [h("span", {}), h("span", {})];
  const scale = h("div", { class: "legend-box" });
  const bar = h("section", { class: "panel day-bar", id: "day-bar" },
    h("div", { class: "day-line" }, h("label", {}, dayWord, day), h("label", {}, byWord, by)), scale);
  let worded = "";
  const draw = (): void => {
    const { say, state } = store;
    if (worded !== state.language) {
      worded = state.language;
      bar.setAttribute("aria-label", say("day_bar"));
      dayWord.textContent = say("as_of");
      byWord.textContent = say("colour_by");
      replace(by, h("option", { value: "" }, say("by_material")), COLOUR_BY.map((column) => h("option", { value: column }, say(`by_${column}`))));
    }
    by.value = state.by ?? "";
    const shown = state.asOf ?? store.cache.projects().value?.as_of ?? "";
    if (day.value !== shown) day.value = shown;
    const legend = state.by ? store.cache.legend(state.by).value : undefined;
    scale.hidden = !legend;
    replace(scale, legend && legendView(legend, store));
  };
  store.subscribe((changed) => { if (["language", "asOf", "by", "data"].some((key) => changed.has(key as never))) draw(); });
  // What floats at the bottom of the map stays above the bar.
  new ResizeObserver(() => document.documentElement.style.setProperty("--day-bar", `${bar.offsetHeight}px`)).observe(bar);
  draw();
  return bar;
}

/** Classes with a name as marks with words; the steps of a scale side by side, each edge written once. */
export function legendView(legend: Legend, store: Store): HTMLElement {
  const steps = legend.entries.filter((entry) => !entry.key);
  const named = legend.entries.filter((entry) => entry.key);
  const { language } = store.state;
  const edge = (entry: LegendEntry | undefined): string => (entry?.to === undefined ? "" : number(entry.to, language));
  const last = steps.at(-1)?.to;
  return h("div", { class: "legend", "data-by": legend.by },
    steps.length > 0 && h("ul", { class: "legend-scale" }, steps.map((entry, i) =>
      h("li", { title: entry.label, "aria-label": entry.label }, swatch(entry), h("span", { class: "edge num", "aria-hidden": "true" },
        i < steps.length - 1 ? edge(entry) : last === undefined ? "" : edge(entry))))),
    steps.length > 0 && h("span", { class: "soft note" }, store.say(steps[0]?.unit === "pp" ? "unit_pp" : legend.by === "progress" ? "unit_done" : "unit_use")),
    h("ul", { class: "legend-names" }, named.map((entry) => h("li", {}, swatch(entry), h("span", {}, entry.label)))));
}

/** A light as its mark, any other class as a field of its colour. */
function swatch(entry: LegendEntry): HTMLElement {
  if (entry.shape) return lightMark(entry.key as Light, [entry]);
  return h("span", { class: "swatch", style: `background:${entry.colour}` });
}
