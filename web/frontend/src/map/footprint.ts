/** Where a model that is not in the city yet would stand: its name on a point, and its bounds as an outline. */

import { Marker, type Map as MapLibreMap } from "maplibre-gl";

import { h } from "../dom";
import type { Footprint, Store } from "../store";

const SVG = "http://www.w3.org/2000/svg";

export class FootprintMark {
  private marker: Marker | null = null;
  private shown: Footprint | null = null;
  private readonly area = document.createElementNS(SVG, "svg");
  private readonly outline = document.createElementNS(SVG, "polygon");

  constructor(private readonly map: MapLibreMap, private readonly store: Store) {
    this.area.setAttribute("class", "footprint-area");
    this.area.setAttribute("aria-hidden", "true");
    this.area.append(this.outline);
    store.subscribe((changed) => { if (changed.has("footprint")) this.show(); });
    map.on("move", () => this.draw());
  }

  private show(): void {
    const { footprint } = this.store.state;
    if (footprint === this.shown) return;
    this.shown = footprint;
    this.marker?.remove();
    this.area.remove();
    if (!footprint) return;
    const { name, longitude, latitude, bounds } = footprint;
    // A model's origin may lie anywhere; its name stands in its middle.
    const [west, south, east, north] = bounds ?? [longitude, latitude, longitude, latitude];
    this.marker = new Marker({ anchor: "bottom", element: h("div", { class: "footprint-mark", role: "img", "aria-label": name }, h("span", { class: "footprint-name" }, name)) }).setLngLat([(west + east) / 2, (south + north) / 2]).addTo(this.map);
    if (bounds) this.map.getCanvasContainer().append(this.area);
    this.draw();
  }

  private draw(): void {
    const bounds = this.shown?.bounds;
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    const corners = [[west, south], [east, south], [east, north], [west, north]] as const;
    this.outline.setAttribute("points", corners.map((corner) => { const { x, y } = this.map.project([...corner]); return `${x.toFixed(1)},${y.toFixed(1)}`; }).join(" "));
  }
}
