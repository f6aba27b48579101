/** Where a model stands and how its heights are taken, with every conflict as a sentence. */

import { h, icon, ICONS } from "../dom";
import type { Store } from "../store";
import type { Model } from "../types";
import type { Word } from "../words/dictionary";
import { degrees, metres, number } from "../words/format";

export function heightsNote(model: Model, store: Store): string {
  const ground = model.ground_height;
  const taken = store.say(`heights_${model.height_reference}`);
  if (Math.abs(ground) < 0.01) return taken;
  const { language } = store.state;
  return `${taken}${language === "zh" ? "" : " "}${store.say(ground > 0 ? "lowered" : "raised", { ground: metres(Math.abs(ground), language) })}`;
}

export function placeSection(model: Model, store: Store): HTMLElement {
  const g = model.georeference;
  const { language } = store.state;
  const fact = (word: Word, value: string | null): (HTMLElement | false)[] => [
    value !== null && h("dt", {}, store.say(word)), value !== null && h("dd", { class: "num" }, value),
  ];
  return h("section", { class: "section" },
    h("details", { class: "fold" },
      h("summary", { "data-focus": "place" }, h("h3", {}, store.say("place"))),
      h("dl", { class: "facts" },
        fact("source", g.source), fact("geo_level", `LoGeoRef ${g.lo_geo_ref}`), fact("crs", g.crs),
        fact("origin", `${number(g.longitude, language, 6)}°, ${number(g.latitude, language, 6)}°`),
        fact("origin_height", metres(g.orthogonal_height, language)), fact("ground_height", metres(model.ground_height, language)),
        fact("true_north", degrees(g.true_north_deg, language)),
        g.crs ? [fact("grid_convergence", degrees(g.grid_convergence_deg, language, 4)), fact("point_scale", number(g.point_scale, language, 7))] : [],
      ),
      [...(g.notices ?? []), ...model.notices].map((sentence) => h("p", { class: "soft note" }, sentence))),
    h("p", { class: "soft note" }, heightsNote(model, store)),
    conflictsOf(model, store),
  );
}

export function conflictsOf(model: Model, store: Store): HTMLElement[] {
  const sentences = [...model.georeference.conflicts];
  if (model.georeference.inside_city === false && !sentences.length) sentences.push(store.say("outside_city"));
  return sentences.map((sentence) => h("p", { class: "warning" }, icon(ICONS.warn), h("span", {}, sentence)));
}
