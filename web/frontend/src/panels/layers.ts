/** The city's layers: which there are, where each came from, on or off. */

import { h, icon, ICONS, replace } from "../dom";
import { sentenceOf, type Store } from "../store";
import type { CityLayer } from "../types";
import { count } from "../words/format";
import { kindName } from "../words/kinds";

/** From the top of the map down to the ground. */
const ORDER = ["buildings", "utilities", "rail", "roads", "parcels", "districts", "water", "green", "land_use", "other"];

export function layersPanel(store: Store): HTMLElement {
  const panel = h("section", { class: "panel layers-panel", id: "layers", hidden: true });
  const opened = new Set<string>();
  const draw = (): void => {
    const { say, state } = store;
    panel.hidden = !state.layersOpen;
    panel.setAttribute("aria-label", say("layers"));
    if (!state.layersOpen) return;
    const slot = store.cache.layers();
    const scrolled = panel.querySelector(".scroll")?.scrollTop ?? 0;
    const layers = [...(slot.value?.layers ?? [])].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    replace(panel,
      h("div", { class: "panel-head" }, h("div", { class: "grow" }, h("h2", {}, say("layers")),
        slot.value && h("p", { class: "soft" }, say("layer_count", { n: layers.length }))),
        h("button", { class: "button icon-only quiet", type: "button", "data-focus": "close-layers", "aria-label": say("close"), title: say("close"), onclick: () => store.update({ layersOpen: false }) }, icon(ICONS.close))),
      slot.error ? h("p", { class: "warning", role: "alert" }, icon(ICONS.warn), sentenceOf(slot.error, say))
        : !slot.value ? h("p", { class: "soft section" }, say("loading"))
        : layers.length ? h("ul", { class: "layer-list scroll" }, layers.map((layer) => layerItem(layer, store, opened)))
        : h("div", { class: "section" }, h("p", { class: "soft note" }, say("layers_none")), h("code", {}, say("layers_command"))));
    panel.querySelector(".scroll")?.scrollTo(0, scrolled);
  };
  store.subscribe((changed) => { if (["layersOpen", "hidden", "language", "data"].some((key) => changed.has(key as never))) draw(); });
  draw();
  return panel;
}

function layerItem(layer: CityLayer, store: Store, opened: Set<string>): HTMLElement {
  const { say, state } = store;
  const kind = kindName(layer.kind, state.language);
  return h("li", {},
    h("label", { class: "switch layer-switch" }, kindMark(layer.kind),
      h("span", { class: "row-text" }, h("span", {}, layer.name), h("span", { class: "soft note num" }, `${kind} · ${say("features_n", { n: count(layer.features, state.language) })}`)),
      h("input", {
        type: "checkbox", role: "switch", "data-focus": `layer ${layer.name}`, "aria-label": say("show_layer", { name: layer.name }), checked: !state.hidden.has(layer.name),
        onchange: (event) => store.toggle("hidden", layer.name, !(event.target as HTMLInputElement).checked),
      }), h("span", { class: "track", "aria-hidden": "true" })),
    h("details", { class: "fold", open: opened.has(layer.name), ontoggle: (event) => { if ((event.target as HTMLDetailsElement).open) opened.add(layer.name); else opened.delete(layer.name); } },
      h("summary", { "data-focus": `source ${layer.name}`, "aria-label": say("source_of", { name: layer.name }) }, h("span", { class: "soft note" }, layer.file)),
      h("dl", { class: "facts" },
        fact(say("source_layer"), layer.source_layer), fact(say("crs"), shortCrs(layer.crs)), fact(say("datum"), layer.datum), fact(say("encoding"), layer.encoding)),
      [layer.height_rule, ...layer.notices].map((sentence) => sentence && h("p", { class: "soft note" }, sentence))));
}

function fact(word: string, value: string | null): (HTMLElement | false)[] {
  return [Boolean(value) && h("dt", {}, word), Boolean(value) && h("dd", { class: "num" }, value)];
}

/** A CRS may be a whole page of WKT: its name is enough. */
export function shortCrs(crs: string): string {
  return /^\w+\["([^"]+)"/.exec(crs)?.[1] ?? crs;
}

const SHAPES: Readonly<Record<string, string>> = {
  buildings: "M3 14V5l5-3 5 3v9zM8 2v12", roads: "M2 14L6.5 2h3L14 14M8 4v2M8 8v2M8 12v2", rail: "M5 2v12M11 2v12M3 5h10M3 8h10M3 11h10",
  water: "M1.5 6c2-2 4-2 6.5 0s4.500 2 6.500 0M1.500 11c2-2 4-2 6.500 0s4.500 2 6.500 0", green: "M8 14V9M8 2a4 4 0 00-3 6.600A3 3 0 008 9a3 3 0 003-.4A4 4 0 008 2z",
  districts: "M2 4l4-2 4 2 4-2v10l-4 2-4-2-4 2z", parcels: "M2 2h12v12H2zM8 2v12M2 9h12", land_use: "M2 2h7v6H2zM9 8h5v6H9z", utilities: "M2 8h4l2-5 2 10 1.500-5H14",
  other: "M8 3.500a4.500 4.500 0 100 9 4.500 4.500 0 000-9z",
};

function kindMark(kind: string): HTMLElement {
  return h("span", { class: `kind-mark kind-${kind}`, "aria-hidden": "true" }, icon(SHAPES[kind] ?? SHAPES["other"] ?? ""));
}
