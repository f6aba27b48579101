/** The bar on top: whose city this is, the list's door, language and theme. */

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";

import { Icon } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { SearchBox } from "./search";

export function TopBar(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const { theme, listOpen, shareOpen } = state;
  const name = store.cache.projects().value?.name || say("title");
  useLayoutEffect(() => {
    document.title = name === say("title") ? name : `${name} · ${say("title")}`;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [name, language]);
  return <>
    <button class="button quiet" type="button" data-focus="list" aria-expanded={listOpen} aria-controls="list" onClick={() => store.update({ listOpen: !listOpen })}>
      <Icon name="list" /><span class="wide-only">{say("show_list")}</span>
    </button>
    <h1>{name}</h1>
    <div class="spring" />
    <SearchBox />
    <button class="button" type="button" data-focus="share" aria-label={say("share")} title={say("share")} aria-expanded={shareOpen} aria-controls="share" onClick={() => store.update({ shareOpen: !shareOpen })}>
      <Icon name="share" /><span class="wide-only">{say("share")}</span>
    </button>
    <button class="button" type="button" data-focus="theme" aria-label={`${say(theme === "light" ? "theme_dark" : "theme_light")} · ${say("theme_switch")}`} title={say("theme_switch")} onClick={() => store.update({ theme: theme === "light" ? "dark" : "light" })}>
      <Icon name={theme === "light" ? "moon" : "sun"} /><span class="wide-only">{say(theme === "light" ? "theme_dark" : "theme_light")}</span>
    </button>
    <button class="button" type="button" data-focus="language" aria-label={`${say("language_label")} · ${say("language_switch")}`} title={say("language_switch")} lang={language === "zh" ? "en" : "zh-CN"} onClick={() => store.update({ language: language === "zh" ? "en" : "zh" })}>
      {say("language_label")}
    </button>
    <a class="button icon-only" data-focus="help" href={`help/${language}/index.html`} target="_blank" rel="noopener" aria-label={say("help")} title={say("help")}><Icon name="help" /></a>
  </>;
}
