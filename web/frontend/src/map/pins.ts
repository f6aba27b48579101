/** A mark and a name over every project in sight, as long as the building itself is too small to speak for itself. */

import { Marker, type Map as MapLibreMap } from "maplibre-gl";

import { h } from "../dom";
import { lightMark } from "../marks";
import type { Store } from "../store";
import type { LegendEntry, Light, ProjectFeature, ProjectProperties } from "../types";
import { LIGHTS, lightName } from "../words/lights";
import { colourOf, LARGE, sizeOf, tallness } from "./judged";
import { metresPerPixel } from "./camera";
import type { DrawnPin } from "./picture";
import { pixelOf } from "./pixel";

/** Width of a pin's mark, pixels. */
const HEAD = 15;
/** A pin's height, pixels: its mark is above its place. */
const STEM = 42;
/** From the middle of a pin to its name, pixels. */
const NAME = 14;
/** So far out of the picture pins still exist, pixels. */
const MARGIN = 60;
const FONT = '500 13px "Noto Sans SC Variable", "Noto Sans SC", sans-serif';
const RANK: Readonly<Record<Light, number>> = Object.fromEntries(LIGHTS.map((light, rank) => [light, rank])) as Record<Light, number>;

interface Pin {
  feature: ProjectFeature;
  place: [number, number];
  /** Metres. */
  size: number;
  /** Of the name, pixels. */
  width: number;
  /** Only while the pin is in sight. */
  marker: Marker | null;
}

export class Pins {
  private pins: Pin[] = [];
  private labels: Box[] = [];
  private shown: DrawnPin[] = [];
  private known: unknown[] = [];
  private readonly text = document.createElement("canvas").getContext("2d");

  constructor(private readonly map: MapLibreMap, private readonly store: Store, private readonly fly: (code: string) => void) {
    map.on("move", () => this.arrange());
    map.on("resize", () => this.arrange());
    map.on("idle", () => this.readLabels());
  }

  /** Draw the pins anew when the projects, their lights, their colours or the language have changed. */
  draw(): void {
    const features = this.store.cache.projects().value?.features ?? [];
    const { language, by, cityAs } = this.store.state;
    const known = [features, this.store.lights(), this.colours(), language, by, cityAs];
    if (known.every((value, i) => value === this.known[i])) return;
    this.known = known;
    this.clear();
    if (this.text) this.text.font = FONT;
    this.pins = features.flatMap((feature) => (feature.geometry ? [{
      feature, place: feature.geometry.coordinates, size: sizeOf(feature.properties), marker: null,
      width: Math.ceil(this.text?.measureText(feature.properties.name || feature.properties.code).width ?? 0) + 2,
    }] : [])).sort((a, b) => RANK[a.feature.properties.light] - RANK[b.feature.properties.light]);
    this.arrange();
  }

  /** The pins on the screen, the most important first. */
  drawn(): readonly DrawnPin[] {
    return this.shown;
  }

  destroy(): void {
    this.clear();
  }

  private clear(): void {
    for (const pin of this.pins) pin.marker?.remove();
    this.pins = [];
  }

  private colours(): readonly LegendEntry[] {
    return this.store.cache.legend(this.store.state.by ?? "light").value?.entries ?? [];
  }

  private colour({ light, index }: ProjectProperties): string {
    const { by } = this.store.state;
    const own = this.store.lights().find((entry) => entry.key === light)?.colour ?? "";
    return by && by !== "light" && this.colours().length ? colourOf(index, by, this.colours()) : own;
  }

  /** The mark's shape is that of the light; its colour is what the map is coloured by. */
  private element({ properties }: ProjectFeature): HTMLElement {
    const { code, name, light } = properties;
    const lights = this.store.lights();
    const mark = lightMark(light, lights);
    mark.style.color = this.colour(properties);
    const element = h("button", {
      class: "pin", type: "button", "data-project": code, "data-light": light,
      "aria-label": `${this.store.say("fly_to_what", { name: name || code })} · ${lightName(light, lights)}`,
      onclick: (event) => { event.stopPropagation(); this.store.update({ project: code, element: null, feature: null }); this.fly(code); },
    }, h("span", { class: "pin-head" }, mark, h("span", { class: "pin-stem" })), h("span", { class: "pin-name" }, name || code));
    element.style.zIndex = String(LIGHTS.length - RANK[light]);
    return element;
  }

  /** Pins in sight exist; those of large buildings do not. Names of the worst lights first, right or left of the mark, nowhere if both are taken. */
  private arrange(): void {
    const { map } = this;
    const scale = metresPerPixel(map.getZoom(), map.getCenter().lat);
    const { clientWidth, clientHeight } = map.getContainer();
    const { by, cityAs } = this.store.state;
    const { lng: longitude, lat: latitude } = map.getCenter();
    const view = { longitude, latitude, zoom: map.getZoom(), pitch: map.getPitch(), bearing: map.getBearing() };
    const screen = { width: clientWidth, height: clientHeight };
    const shown: { pin: Pin; marker: Marker; x: number; y: number }[] = [];
    for (const pin of this.pins) {
      const at = map.project(pin.place);
      // On top of its column, if it has one.
      const top = cityAs === "columns" ? pixelOf(view, screen, ...pin.place, tallness(pin.feature.properties, by) * scale) : null;
      const lift = top && at.y - top[1] > STEM / 2 ? { x: top[0] - at.x, y: at.y - top[1] - STEM / 2 } : { x: 0, y: 0 };
      const inSight = at.x > -MARGIN && at.y > -MARGIN && at.x < clientWidth + MARGIN && at.y < clientHeight + MARGIN + STEM;
      if (!inSight || pin.size / scale > LARGE) {
        pin.marker?.remove();
        pin.marker = null;
        continue;
      }
      pin.marker ??= new Marker({ element: this.element(pin.feature), anchor: "bottom-left", offset: [-HEAD / 2, 0] }).setLngLat(pin.place).addTo(map);
      const offset = pin.marker.getOffset();
      if (Math.hypot(offset.x + HEAD / 2 - lift.x, offset.y + lift.y) > 0.5) pin.marker.setOffset([lift.x - HEAD / 2, -lift.y]);
      shown.push({ pin, marker: pin.marker, x: at.x + lift.x, y: at.y - lift.y - STEM + HEAD / 2 });
    }
    this.shown = [];
    const taken: Box[] = shown.map(({ x, y }) => ({ left: x - HEAD / 2, right: x + HEAD / 2, y }));
    for (const { pin, marker, x, y } of shown) {
      const sides: [Box, Box] = [{ left: x + NAME, right: x + NAME + pin.width, y }, { left: x - NAME - pin.width, right: x - NAME, y }];
      const side = sideOf(sides, taken, this.labels);
      if (side >= 0) taken.push(sides[side] as Box);
      const { classList } = marker.getElement();
      classList.toggle("left", side === 1);
      classList.toggle("nameless", side < 0);
      const { properties } = pin.feature;
      const shape = this.store.lights().find((entry) => entry.key === properties.light)?.shape ?? "circle";
      this.shown.push({ x, y, ground: y + STEM - HEAD / 2, shape, colour: this.colour(properties), name: side < 0 ? null : properties.name || properties.code, left: side === 1 });
    }
  }

  /** Where the ground's own labels are now; they are where they are until the camera moves. */
  private readLabels(): void {
    const layers = this.map.getStyle().layers.filter((layer) => layer.type === "symbol" && !/road/.test(layer.id)).map((layer) => layer.id);
    const labels: Box[] = [];
    for (const { geometry, layer } of layers.length ? this.map.queryRenderedFeatures({ layers }) : []) {
      if (geometry.type !== "Point") continue;
      const { x, y } = this.map.project(geometry.coordinates as [number, number]);
      const half = String(layer.layout?.["text-field" as never] ?? "").length * 8;
      labels.push({ left: x - half, right: x + half, y });
    }
    const same = labels.length === this.labels.length && labels.every((box, i) => Math.abs(box.left - (this.labels[i]?.left ?? 0)) + Math.abs(box.y - (this.labels[i]?.y ?? 0)) < 1);
    this.labels = labels;
    if (!same) this.arrange();
  }
}

/** A name, a mark or a label on the screen, pixels. */
export interface Box {
  left: number;
  right: number;
  y: number;
}

/** 0 right, 1 left, -1 neither: a side that no mark or name has taken, one without a label of the ground if there is one. */
export function sideOf(sides: readonly [Box, Box], taken: readonly Box[], labels: readonly Box[]): number {
  const free = [0, 1].filter((side) => taken.every((box) => apart(sides[side] as Box, box)));
  return free.find((side) => labels.every((box) => apart(sides[side] as Box, box))) ?? free[0] ?? -1;
}

function apart(a: Box, b: Box): boolean {
  return a.right < b.left || a.left > b.right || Math.abs(a.y - b.y) > 18;
}
