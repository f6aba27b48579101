/** The place that was found last: a ring and its name, until something else is chosen. */

import { Marker, type Map as MapLibreMap } from "maplibre-gl";

import { h } from "../dom";
import type { FoundPlace } from "../store";

/** The ring stands so far above its place: the ground's own name of it can be read, pixels. */
const STEM = 20;

export class PlaceMark {
  private marker: Marker | null = null;
  private shown: FoundPlace | null = null;

  constructor(private readonly map: MapLibreMap) {}

  show(place: FoundPlace | null): void {
    if (place === this.shown) return;
    this.shown = place;
    this.marker?.remove();
    this.marker = place && new Marker({ anchor: "bottom", offset: [0, -STEM], element: h("div", { class: "place-mark", role: "img", "aria-label": place.name }, h("span", { class: "place-name" }, place.name)) })
      .setLngLat([place.longitude, place.latitude]).addTo(this.map);
  }
}
