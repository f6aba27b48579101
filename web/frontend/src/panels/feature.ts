/** A small card: what the map's data say of a plain building, a road, a park. */

import { h, icon, ICONS, replace } from "../dom";
import type { Store } from "../store";
import type { CityFeature } from "../types";
import type { Language } from "../words/dictionary";
import { metres, number } from "../words/format";
import { featureKind } from "../words/kinds";

/** Columns that the card says in its head, or that mean nothing to a reader. */
const SAID = new Set(["name", "class", "osm_id", "osm_type"]);

export function featureCard(store: Store): HTMLElement {
  const card = h("aside", { class: "panel feature-card", id: "feature", hidden: true });
  const draw = (): void => {
    const { feature, language, element } = store.state;
    card.hidden = !feature || Boolean(element);
    if (!feature) return replace(card);
    const { name, kind } = featureTitle(feature, language);
    card.setAttribute("aria-label", name || kind);
    const rows = attributeRows(feature, store);
    replace(card,
      h("div", { class: "panel-head" },
        h("div", { class: "grow" }, name ? h("p", { class: "soft" }, kind) : null, h("h2", {}, name || kind)),
        h("button", { class: "button icon-only quiet", type: "button", "data-focus": "close-feature", "aria-label": store.say("close"), title: store.say("close"), onclick: () => store.update({ feature: null }) }, icon(ICONS.close))),
      h("div", { class: "scroll section", tabindex: "0", "data-focus": "feature-body" }, rows.length
        ? h("dl", { class: "facts" }, rows.map(([key, value]) => [h("dt", {}, key), h("dd", { class: "num" }, value)]))
        : h("p", { class: "soft note" }, store.say("no_attributes")),
        h("p", { class: "soft note" }, store.say("from_layer", { name: feature.layer, id: feature.id }))));
  };
  store.subscribe((changed) => { if (["feature", "language", "element"].some((key) => changed.has(key as never))) draw(); });
  draw();
  return card;
}

/** The name of a feature, "" when it has none, and what it is. */
export function featureTitle({ kind, properties }: CityFeature, language: Language): { name: string; kind: string } {
  return { name: String(properties["name"] ?? "").trim(), kind: featureKind(kind, properties["class"], language) };
}

function attributeRows(feature: CityFeature, store: Store): [string, string][] {
  const { language } = store.state;
  return Object.entries(feature.properties).filter(([key, value]) => !SAID.has(key) && value !== "" && value !== null).map(([key, value]) => {
    if (key === "render_height") return [store.say("height"), metres(Number(value), language, 1)];
    if (key === "render_min_height") return [store.say("height_from"), metres(Number(value), language, 1)];
    if (typeof value === "number") return [key, number(value, language, 2)];
    return [key, typeof value === "boolean" ? store.say(value ? "yes" : "no") : String(value)];
  });
}
