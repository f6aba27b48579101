/** Zoom, north and scale, in the corner of the map. */

import type { Map as MapLibreMap } from "maplibre-gl";

import { h, icon, ICONS } from "../dom";
import { metresPerPixel } from "../map/camera";
import { may } from "../identity";
import type { Store } from "../store";
import type { Word } from "../words/dictionary";
import { number } from "../words/format";

export function mapControls(map: MapLibreMap, store: Store): HTMLElement {
  const still = (): { duration: number } => ({ duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200 });
  const button = (word: Word, paths: string, act: () => void): HTMLElement => h("button", { class: "button icon-only", type: "button", "data-word": word, onclick: act }, icon(paths));
  const compass = button("compass", ICONS.compass, () => map.easeTo({ bearing: 0, ...still() }));
  const layers = button("layers", ICONS.layers, () => store.update({ layersOpen: !store.state.layersOpen }));
  layers.dataset["focus"] = "layers";
  const clashes = button("clashes_show", ICONS.clash, () => store.update({ clashes: !store.state.clashes, listOpen: true, ...(store.state.clashes ? { clash: null } : {}) }));
  clashes.dataset["focus"] = "clashes";
  const pressed = (): void => layers.setAttribute("aria-expanded", String(store.state.layersOpen));
  const allowed = (): void => { clashes.hidden = !may(store.state.me, "viewer"); };
  const listed = (): void => clashes.setAttribute("aria-pressed", String(store.state.clashes));
  const scale = h("div", { class: "scale num", role: "img" });
  const box = h("div", { class: "map-controls" }, scale,
    h("div", { class: "control-group" }, button("zoom_in", ICONS.plus, () => map.zoomIn(still())), button("zoom_out", ICONS.minus, () => map.zoomOut(still())), compass),
    h("div", { class: "control-group" }, layers, clashes));
  const words = (): void => {
    for (const control of box.querySelectorAll<HTMLElement>("[data-word]")) {
      const text = store.say(control.dataset["word"] as Word);
      control.setAttribute("aria-label", text);
      control.title = text;
    }
  };
  const draw = (): void => {
    const perPixel = metresPerPixel(map.getZoom(), map.getCenter().lat);
    const length = roundLength(perPixel * 90);
    scale.style.width = `${Math.round(length / perPixel)}px`;
    scale.textContent = length >= 1000 ? `${number(length / 1000, store.state.language)} km` : `${number(length, store.state.language)} m`;
    scale.setAttribute("aria-label", `${store.say("scale")} ${scale.textContent}`);
    (compass.firstElementChild as SVGElement).style.transform = `rotate(${-map.getBearing()}deg)`;
  };
  map.on("move", draw);
  store.subscribe((changed) => { if (changed.has("language")) { words(); draw(); } if (changed.has("layersOpen")) pressed(); if (changed.has("clashes")) listed(); if (changed.has("me")) allowed(); });
  words();
  pressed();
  listed();
  allowed();
  draw();
  return box;
}

/** 1, 2 or 5 times a power of ten, at most `metres`. */
export function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2, 1].find((step) => step * power <= metres) ?? 1) * power;
}
