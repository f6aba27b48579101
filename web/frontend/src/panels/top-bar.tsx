/** The bar on top: whose city this is, the list's door, language and theme. */

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";

import { isPreview } from "../api";
import { may, nameOf } from "../identity";
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
    <button class="button quiet" type="button" data-focus="list" aria-label={say("show_list")} title={say("show_list")} aria-expanded={listOpen} aria-controls="list" onClick={() => store.update({ listOpen: !listOpen })}>
      <Icon name="list" /><span class="wide-only">{say("show_list")}</span>
    </button>
    <h1>{name}</h1>
    <div class="spring" />
    <SearchBox />
    <button class="button" type="button" data-focus="share" aria-label={say("share")} title={say("share")} aria-expanded={shareOpen} aria-controls="share" onClick={() => store.update({ shareOpen: !shareOpen })}>
      <Icon name="share" /><span class="wide-only">{say("share")}</span>
    </button>
    <UploadButton />
    <button class="button" type="button" data-focus="theme" aria-label={`${say(theme === "light" ? "theme_dark" : "theme_light")} · ${say("theme_switch")}`} title={say("theme_switch")} onClick={() => store.update({ theme: theme === "light" ? "dark" : "light" })}>
      <Icon name={theme === "light" ? "moon" : "sun"} /><span class="wide-only">{say(theme === "light" ? "theme_dark" : "theme_light")}</span>
    </button>
    <button class="button" type="button" data-focus="language" aria-label={`${say("language_label")} · ${say("language_switch")}`} title={say("language_switch")} lang={language === "zh" ? "en" : "zh-CN"} onClick={() => store.update({ language: language === "zh" ? "en" : "zh" })}>
      {say("language_label")}
    </button>
    <a class="button icon-only" data-focus="help" href={`help/${language}/index.html`} target="_blank" rel="noopener" aria-label={say("help")} title={say("help")}><Icon name="help" /></a>
    <AccountButton />
  </>;
}

/** For whoever may send models: engineers, and whoever sits at the machine where people are not told apart. */
function UploadButton(): JSX.Element | null {
  const { store, state, say } = useTwin();
  if (!may(state.me, "engineer")) return null;
  const open = state.desk === "uploads";
  return <button class="button" type="button" data-focus="uploads" aria-label={say("uploads")} title={say("uploads")} aria-expanded={open} aria-controls="desk" onClick={() => store.update({ desk: open ? null : "uploads", shareOpen: false, ...(open ? { footprint: null } : {}) })}>
    <Icon name="upload" /><span class="wide-only">{say("uploads_short")}</span></button>;
}

/** Where people are told apart: the way in, or who has come in. */
function AccountButton(): JSX.Element | null {
  const { store, state, say } = useTwin();
  const { me, accountOpen } = state;
  if (!me?.users) return null;
  if (me.kind === "public") return isPreview ? null : <button class="button primary" type="button" data-focus="sign-in" onClick={() => store.update({ signIn: "wanted" })}>{say("sign_in")}</button>;
  const label = say("account_of", { name: nameOf(me) });
  return <button class="button account-button" type="button" data-focus="account" aria-label={label} title={label} aria-expanded={accountOpen} aria-controls="account" onClick={() => store.update({ accountOpen: !accountOpen })}>
    <Icon name="person" /><span class="wide-only account-name">{nameOf(me)}</span></button>;
}
