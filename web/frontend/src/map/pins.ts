/** A mark and a name over every project, as long as the building itself is too small to speak for itself. */

import { Marker, type Map as MapLibreMap } from "maplibre-gl";

import { h } from "../dom";
import { lightMark } from "../marks";
import type { Store } from "../store";
import type { LegendEntry, ProjectFeature } from "../types";
import { lightName } from "../words/lights";
import type { Language } from "../words/dictionary";
import { metresPerPixel } from "./camera";

/** A building this many pixels wide needs no pin. */
const LARGE = 150;
/** Width of a pin's mark, pixels. */
const HEAD = 15;
/** From the middle of a pin to its name, pixels. */
const NAME = 14;

interface Pin {
  marker: Marker;
  size: number;
  width: number;
}

export class Pins {
  private pins: Pin[] = [];
  private drawn: { features: readonly ProjectFeature[]; legend: readonly LegendEntry[]; language: Language } | null = null;

  constructor(private readonly map: MapLibreMap, private readonly store: Store, private readonly fly: (code: string) => void) {
    map.on("move", () => this.arrange());
  }

  /** Draw the pins anew when the projects, their lights or the language have changed. */
  draw(): void {
    const features = this.store.cache.projects().value?.features ?? [];
    const { language } = this.store.state;
    const legend = this.store.lights();
    if (features === this.drawn?.features && language === this.drawn.language && legend === this.drawn.legend) return;
    this.drawn = { features, legend, language };
    for (const pin of this.pins) pin.marker.remove();
    this.pins = features.filter((feature) => feature.geometry).map((feature) => {
      const { code, name, light, bounds } = feature.properties;
      const element = h("button", {
        class: "pin", type: "button", "data-project": code, "data-light": light,
        "aria-label": `${this.store.say("fly_to_what", { name: name || code })} · ${lightName(light, legend)}`,
        onclick: (event) => { event.stopPropagation(); this.store.update({ project: code, element: null, feature: null }); this.fly(code); },
      }, h("span", { class: "pin-head" }, lightMark(light, legend), h("span", { class: "pin-stem" })), h("span", { class: "pin-name" }, name || code));
      const size = bounds ? (bounds[2] - bounds[0] + (bounds[3] - bounds[1])) * 55000 : 0;
      const marker = new Marker({ element, anchor: "bottom-left", offset: [-HEAD / 2, 0] }).setLngLat(feature.geometry?.coordinates ?? [0, 0]).addTo(this.map);
      return { marker, size, width: (element.lastElementChild as HTMLElement).offsetWidth };
    });
    this.arrange();
  }

  /** Hide pins of buildings that are large enough; put each name right or left of its mark, or nowhere if both are taken. */
  private arrange(): void {
    const scale = metresPerPixel(this.map.getZoom(), this.map.getCenter().lat);
    const placed = this.pins.map((pin) => ({ ...pin, gone: pin.size / scale > LARGE, at: this.map.project(pin.marker.getLngLat()) }));
    const taken: Box[] = placed.filter((pin) => !pin.gone).map(({ at }) => ({ left: at.x - HEAD / 2, right: at.x + HEAD / 2, y: at.y }));
    for (const { marker, width, at, gone } of placed.sort((a, b) => b.at.y - a.at.y)) {
      const sides = [{ left: at.x + NAME, right: at.x + NAME + width, y: at.y }, { left: at.x - NAME - width, right: at.x - NAME, y: at.y }];
      const free = gone ? -1 : sides.findIndex((side) => taken.every((box) => apart(side, box)));
      if (free >= 0) taken.push(sides[free] as Box);
      marker.getElement().classList.toggle("gone", gone);
      marker.getElement().classList.toggle("left", free === 1);
      marker.getElement().classList.toggle("nameless", free < 0);
    }
  }
}

/** A name or a mark on the screen, pixels. */
interface Box {
  left: number;
  right: number;
  y: number;
}

function apart(a: Box, b: Box): boolean {
  return a.right < b.left || a.left > b.right || Math.abs(a.y - b.y) > 18;
}
