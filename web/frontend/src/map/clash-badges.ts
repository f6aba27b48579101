/** Where in the city clashes are open, and how bad: a badge per project, while clashes of all projects are listed. */

import { Marker, type Map as MapLibreMap } from "maplibre-gl";

import { burning, worstOpen, type Summary } from "../clashes";
import { h } from "../dom";
import { markOf, SEVERITY_DRAWINGS } from "../marks";
import type { Store } from "../store";
import type { Severity } from "../types";
import { severitiesText } from "../words/clash-texts";
import { count } from "../words/format";

export class ClashBadges {
  private markers: Marker[] = [];
  private known: unknown[] = [];

  constructor(private readonly map: MapLibreMap, private readonly store: Store, private readonly fly: (code: string) => void) {
    store.subscribe(() => this.draw());
    this.draw();
  }

  private draw(): void {
    const { clashes, project, language } = this.store.state;
    const shown = clashes && !project;
    const summaries = shown ? this.store.cache.clashes(null).value?.projects : undefined;
    const projects = shown ? this.store.cache.projects().value?.features : undefined;
    const known = [summaries, projects, language];
    if (known.every((value, i) => value === this.known[i])) return;
    this.known = known;
    for (const marker of this.markers) marker.remove();
    const places = new Map((projects ?? []).map(({ geometry, properties }) => [properties.code, geometry?.coordinates]));
    this.markers = burning(summaries ?? []).flatMap((summary, rank, all) => {
      const [longitude, latitude] = places.get(summary.code) ?? summary.point ?? [];
      if (longitude === undefined || latitude === undefined) return [];
      const element = this.element(summary);
      element.style.zIndex = String(all.length - rank + 10);
      return [new Marker({ element, anchor: "top", offset: [0, 4] }).setLngLat([longitude, latitude]).addTo(this.map)];
    });
  }

  private element(summary: Summary): HTMLElement {
    const { say, state: { language } } = this.store;
    const { code, name, open } = summary;
    const worst = worstOpen(summary) as Severity;
    return h("button", {
      class: "clash-badge", type: "button", "data-project": code, "data-severity": worst,
      "aria-label": say("clash_badge", { name: name || code, n: count(open, language), severities: severitiesText(summary.severities, say, language) }),
      onclick: (event) => { event.stopPropagation(); this.store.update({ project: code, model: null, element: null, feature: null, listOpen: true }); this.fly(code); },
    }, markOf(`severity mark-severity-${worst}`, SEVERITY_DRAWINGS[worst]), h("b", { class: "num" }, count(open, language)));
  }
}
