/** The left panel without a model: where does it burn, what changed, which projects, and the totals. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useMemo, useState } from "preact/hooks";

import { isPreview } from "../api";
import { boxOf, lightsOf, matches, type Filter } from "../city";
import { isVisitor, mayEverywhere } from "../identity";
import { sentenceOf } from "../store";
import type { Light, Part, ProjectFeature } from "../types";
import { Failed } from "../ui/failed";
import { Icon, IconButton, LightMark, Skeleton } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { count, date } from "../words/format";
import { lightName, LIGHTS } from "../words/lights";
import { Changes, Parts, Totals } from "./overview-parts";
import { ProjectList } from "./projects";

const TABS = ["projects", "districts", "kinds"] as const;
type Tab = (typeof TABS)[number];

export function Overview(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const actions = useActions();
  const [tab, setTab] = useState<Tab>("projects");
  const [filter, setFilter] = useState<Filter | null>(null);
  const slot = store.cache.projects();
  const features = slot.value?.features;
  const listed = useMemo(() => (features ?? []).filter((feature) => matches(feature, filter)), [features, filter]);
  if (slot.error) return <><Head /><Broken sentence={sentenceOf(slot.error, say)} /></>;
  if (!slot.value || !features) return <><Head /><Skeleton label={say("loading")} /></>;
  if (!features.length) return <><Head />{state.knownAt ? <p class="soft section">{say("nothing_known")}</p> : <Empty />}</>;
  const overview = store.cache.overview();
  const open = (by: "district" | "kind", part: Part): void => {
    const next: Filter = { by, name: part.name };
    setFilter(next);
    setTab("projects");
    const box = boxOf(features.filter((feature) => matches(feature, next)));
    if (box) actions.flyToBounds(box);
  };
  const parts = tab === "districts" ? overview.value?.districts : overview.value?.kinds;
  return <>
    <Head />
    <LightCounts features={features} filter={filter} choose={(light) => { setFilter(filter?.by === "light" && filter.name === light ? null : { by: "light", name: light }); setTab("projects"); }} />
    {overview.error ? <div class="section"><Failed>{sentenceOf(overview.error, say)}</Failed></div> : overview.value && <Changes overview={overview.value} />}
    <Tabs tab={tab} choose={setTab} />
    <div class="tab-panel" role="tabpanel" id="city-tab" aria-labelledby={`tab-${tab}`}>
      {tab === "projects" && filter && <p class="only-these"><span class="grow">{say("only_these", { name: filterName(filter, store.lights(), say), n: count(listed.length, language) })}</span>
        <IconButton icon="close" label={say("list_all")} focus="list-all" onClick={() => setFilter(null)} class="button icon-only quiet small" /></p>}
      {tab === "projects" ? <ProjectList features={listed} asOf={slot.value.as_of} few={features.length} />
        : parts ? <Parts parts={parts} by={tab === "districts" ? "district" : "kind"} open={open} /> : <Skeleton label={say("loading")} />}
    </div>
    {overview.value && <Totals overview={overview.value} />}
  </>;
}

function filterName({ by, name }: Filter, legend: Parameters<typeof lightName>[1], say: ReturnType<typeof useTwin>["say"]): string {
  if (by === "light") return lightName(name as Light, legend);
  return name || say(by === "district" ? "unnamed_district" : "unnamed_kind");
}

/** Whose projects, how many, of which day, and what that day is worth. */
function Head(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const found = store.cache.projects().value;
  const models = useMemo(() => (found?.features ?? []).reduce((sum, feature) => sum + feature.properties.models.length, 0), [found]);
  const forecast = found && found.as_of > found.today;
  return <>
    <div class="panel-head">
      <div class="grow">
        <h2>{say("projects")}</h2>
        {found && <p class="soft dots num"><span>{say("project_count", { n: count(found.features.length, language), m: count(models, language) })}</span>{" "}
          <span id="shown-day">{say("shown_day", { date: date(found.as_of, language) })}</span></p>}
      </div>
      <IconButton icon="close" label={say("hide_list")} focus="close-list" onClick={() => store.update({ listOpen: false })} />
    </div>
    {found?.known_at && <p class="known-line num"><span class="grow">{say("shown_known", { date: found.known_at.replace("T", " ").replace("Z", " UTC") })}</span>
      <button class="button" type="button" data-focus="clear-known" onClick={() => store.update({ knownAt: null })}>{say("clear_known")}</button></p>}
    {isVisitor(state.me) && Boolean(found?.features.length) && <p class="public-hint"><span class="grow">{say(isPreview ? "public_preview" : "public_hint")}</span></p>}
    {forecast && <p class="forecast-note" id="forecast-note"><b>{say("forecast")}</b> {say("forecast_note", { today: date(found.today, language) })}</p>}
  </>;
}

/** How many projects have which light; a press lists only those. */
function LightCounts({ features, filter, choose }: { features: readonly ProjectFeature[]; filter: Filter | null; choose: (light: Light) => void }): JSX.Element {
  const { store, say, language } = useTwin();
  const legend = store.lights();
  const lights = useMemo(() => lightsOf(features), [features]);
  return <ul class="light-counts">{LIGHTS.map((light) => {
    const name = lightName(light, legend);
    return <li key={light} data-light={light} class={lights[light] ? "" : "zero"}>
      <button type="button" data-focus={`light ${light}`} title={say("list_light", { name })} aria-pressed={filter?.by === "light" && filter.name === light} onClick={() => choose(light)}>
        <LightMark light={light} legend={legend} /><b class="num">{count(lights[light], language)}</b><span class="soft">{name}</span>
      </button>
    </li>;
  })}</ul>;
}

/** One tab stop, arrows go on: as tabs are expected to work. */
function Tabs({ tab, choose }: { tab: Tab; choose: (tab: Tab) => void }): JSX.Element {
  const { say } = useTwin();
  const key = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length] as Tab;
    event.preventDefault();
    choose(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return <div class="tabs" role="tablist" aria-label={say("city_tabs")} onKeyDown={key}>{TABS.map((name) =>
    <button key={name} type="button" role="tab" id={`tab-${name}`} data-focus={`tab ${name}`} aria-selected={name === tab} aria-controls="city-tab" tabIndex={name === tab ? 0 : -1} onClick={() => choose(name)}>{say(`tab_${name}`)}</button>)}
  </div>;
}

function Empty(): JSX.Element {
  const { store, state, say } = useTwin();
  const { me } = state;
  if (isVisitor(me)) return <div class="state"><div class="state-art" aria-hidden="true" /><h3>{say("public_empty_title")}</h3><p>{say("public_empty_text")}</p>
    {!isPreview && <button class="button primary" type="button" data-focus="empty-sign-in" onClick={() => store.update({ signIn: "wanted" })}>{say("sign_in")}</button>}</div>;
  if (me?.users && !mayEverywhere(me, "engineer")) return <div class="state"><div class="state-art" aria-hidden="true" /><h3>{say("no_projects_title")}</h3><p>{say("no_projects_text")}</p></div>;
  return <div class="state"><div class="state-art" aria-hidden="true" /><h3>{say("empty_title")}</h3><p>{say("empty_text")}</p><code>{say("empty_command")}</code>
    <p class="soft">{say("empty_demo")}</p><code>twin demo</code>
    <button class="button" type="button" onClick={() => location.reload()}>{say("reload")}</button></div>;
}

function Broken({ sentence }: { sentence: string }): JSX.Element {
  const { store, say } = useTwin();
  // Asked before anything is loaded again: a server that is still away must not cost the reader the page.
  const again = async (): Promise<void> => {
    store.forget("");
    await store.cache.projects().promise;
    if (!document.querySelector("#map canvas")) location.reload();
  };
  return <div class="state" role="alert"><Icon name="warn" size={28} /><h3>{say("broken_title")}</h3><p>{sentence}</p>
    <button class="button primary" type="button" data-focus="retry" onClick={() => void again().catch(() => undefined)}>{say("reload")}</button></div>;
}
