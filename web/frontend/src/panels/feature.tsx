/** A small card: what the map's data say of a plain building, a road, a park. */

import type { JSX } from "preact";

import type { Store } from "../store";
import type { CityFeature } from "../types";
import { IconButton, PanelHead } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { metres, number } from "../words/format";
import { featureTitle } from "../words/kinds";

/** Columns that the card says in its head, or that mean nothing to a reader. */
const SAID = new Set(["name", "class", "osm_id", "osm_type"]);

export function FeatureCard(): JSX.Element | null {
  const { store, state, say, language } = useTwin();
  const { feature, element } = state;
  if (!feature || element) return null;
  const { name, kind } = featureTitle(feature, language);
  const rows = attributeRows(feature, store);
  return <aside class="panel feature-card" id="feature" aria-label={name || kind}>
    <PanelHead title={name || kind} note={name && kind}><IconButton icon="close" label={say("close")} focus="close-feature" onClick={() => store.update({ feature: null })} /></PanelHead>
    <div class="scroll section" tabIndex={0} data-focus="feature-body">
      {rows.length ? <dl class="facts">{rows.map(([key, value]) => [<dt key={key}>{key}</dt>, <dd class="num" key={`${key}=`}>{value}</dd>])}</dl>
        : <p class="soft note">{say("no_attributes")}</p>}
      <p class="soft note">{say("from_layer", { name: feature.layer, id: feature.id })}</p>
    </div>
  </aside>;
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
