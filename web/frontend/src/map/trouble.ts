/** Where no map can be: a sentence, and ways on. */

import { h } from "../dom";
import type { Store } from "../store";
import type { Word } from "../words/dictionary";

/** way: the page is loaded again, or the list of projects goes on without the map. */
export function trouble(store: Store, sentence: Word, way: "load" | "list"): HTMLElement {
  const box = h("div", { class: "panel trouble", role: "alert" });
  const list = h("button", { class: "button", type: "button", "data-focus": "go on with list", onclick: () => {
    store.update({ listOpen: true });
    box.remove();
    document.querySelector<HTMLElement>("#list button, .list button")?.focus();
  } });
  const load = h("button", { class: "button primary", type: "button", "data-focus": "load page again", onclick: () => location.reload() });
  const text = h("p", {});
  box.append(text, h("div", { class: "trouble-ways" }, way === "load" && load, list));
  const words = (): void => {
    text.textContent = store.say(sentence);
    list.textContent = store.say("go_on_with_list");
    load.textContent = store.say("load_page_again");
  };
  store.subscribe((changed) => { if (changed.has("language")) words(); });
  words();
  return box;
}
