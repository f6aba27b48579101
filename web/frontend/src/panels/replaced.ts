/** How many plain buildings a model hides, and by which rule. */

import { h } from "../dom";
import type { Store } from "../store";
import type { Replaced } from "../types";
import { count } from "../words/format";

export function replacedNote(model: string, store: Store): HTMLElement | null {
  const replaced = store.cache.replaced().value;
  const hidden = hiddenBy(model, replaced);
  if (!replaced || !hidden) return null;
  const { language } = store.state;
  return h("section", { class: "section" }, h("p", { class: "soft note", id: "replaced" },
    `${store.say("replaced", { n: count(hidden, language) })}${language === "zh" ? "" : " "}${replaced.rule}`));
}

/** How many plain buildings a model hides. */
export function hiddenBy(model: string, replaced: Replaced | undefined): number {
  const layers = Object.values(replaced?.layers ?? {});
  return layers.reduce((sum, { by }) => sum + Object.values(by).filter((one) => one === model).length, 0);
}
