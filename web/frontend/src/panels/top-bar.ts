/** The bar on top: whose city this is, the list's door, language and theme. */

import { h, icon, ICONS, replace } from "../dom";
import type { Store } from "../store";

export function topBar(store: Store): HTMLElement {
  const bar = h("header", { class: "panel top-bar" });
  const draw = (): void => {
    const { language, theme, listOpen } = store.state;
    const say = store.say;
    const name = store.cache.projects().value?.name || say("title");
    document.title = name === say("title") ? name : `${name} · ${say("title")}`;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    replace(bar,
      h("button", {
        class: "button quiet", type: "button", "data-focus": "list", "aria-expanded": String(listOpen), "aria-controls": "list",
        onclick: () => store.update({ listOpen: !listOpen }),
      }, icon(ICONS.list), h("span", { class: "wide-only" }, say("show_list"))),
      h("h1", {}, name),
      h("div", { class: "spring" }),
      h("button", {
        class: "button", type: "button", "data-focus": "theme", "aria-label": say("theme_switch"), title: say("theme_switch"),
        onclick: () => store.update({ theme: theme === "light" ? "dark" : "light" }),
      }, icon(theme === "light" ? ICONS.moon : ICONS.sun), h("span", { class: "wide-only" }, say(theme === "light" ? "theme_dark" : "theme_light"))),
      h("button", {
        class: "button", type: "button", "data-focus": "language", "aria-label": say("language_switch"), title: say("language_switch"),
        lang: language === "zh" ? "en" : "zh-CN", onclick: () => store.update({ language: language === "zh" ? "en" : "zh" }),
      }, say("language_label")),
    );
  };
  store.subscribe((changed) => { if (["language", "theme", "listOpen", "data"].some((key) => changed.has(key as never))) draw(); });
  draw();
  return bar;
}
