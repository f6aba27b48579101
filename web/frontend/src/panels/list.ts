/** The left panel: the projects with their models, or one model with its ledger, place and elements. */

import { h, icon, ICONS, replace } from "../dom";
import { lightMark } from "../marks";
import { sentenceOf, type Store } from "../store";
import type { Model, ProjectFeature, Replaced } from "../types";
import { bytes, count, date, number } from "../words/format";
import { lightName, LIGHTS, percent } from "../words/lights";
import { ledgerLine, ledgerSection } from "./ledger";
import { modelTree, type TreePanel } from "./model-tree";
import { placeSection } from "./place";
import { replacedNote } from "./replaced";

export interface ListActions {
  flyToProject: (code: string) => void;
  flyToModel: (model: Model) => void;
  pick: (globalId: string, project: string) => void;
  hover: (model: string, row: number) => void;
}

/** Projects whose models are fetched without being asked for. */
const EAGER = 12;

export function listPanel(store: Store, actions: ListActions): HTMLElement {
  const panel = h("aside", { class: "panel list-panel", id: "list" });
  let shown: Model | null = null;
  let hides: Replaced | undefined;
  let tree: TreePanel | null = null;
  let chosen: string | null = null;
  const draw = (force: boolean): void => {
    const { listOpen, model, project } = store.state;
    panel.hidden = !listOpen;
    panel.setAttribute("aria-label", store.say("projects"));
    const facts = store.cache.model(project, model);
    const replaced = store.cache.replaced().value;
    if (!force && facts && facts === shown && replaced === hides && tree) return tree.refresh();
    shown = facts ?? null;
    hides = replaced;
    if (facts) {
      tree = modelTree(facts.model, store, (id) => actions.pick(id, facts.project), (row) => actions.hover(facts.model, row));
      replace(panel, ...modelView(facts, tree, store, actions));
    } else {
      tree = null;
      const scrolled = panel.querySelector(".projects")?.scrollTop ?? 0;
      replace(panel, ...projectsView(store, actions));
      panel.querySelector(".projects")?.scrollTo(0, scrolled);
      if (project !== chosen) panel.querySelector(".projects > .selected")?.scrollIntoView({ block: "nearest" });
      chosen = project;
    }
  };
  store.subscribe((changed) => {
    if (["language", "listOpen", "project", "model", "asOf", "knownAt", "data"].some((key) => changed.has(key as never))) draw(changed.has("language"));
    else if (changed.has("element")) tree?.refresh();
  });
  draw(true);
  return panel;
}

function projectsView(store: Store, actions: ListActions): HTMLElement[] {
  const { say, state } = store;
  const slot = store.cache.projects();
  const features = slot.value?.features ?? [];
  const models = features.reduce((sum, f) => sum + f.properties.models.length, 0);
  const head = h("div", { class: "panel-head" }, h("div", {}, h("h2", {}, say("projects")),
    slot.value && h("p", { class: "soft" }, say("project_count", { n: count(features.length, state.language), m: count(models, state.language) })),
    slot.value && h("p", { class: "soft num", id: "shown-day" }, say("shown_day", { date: date(slot.value.as_of, state.language) })),
    slot.value?.known_at && h("p", { class: "soft num" }, say("shown_known", { date: slot.value.known_at.replace("T", " ").replace("Z", " UTC") }))),
    h("button", { class: "button icon-only quiet", type: "button", "data-focus": "close-list", "aria-label": say("hide_list"), onclick: () => store.update({ listOpen: false }) }, icon(ICONS.close)));
  if (slot.error) return [head, broken(sentenceOf(slot.error, say), store)];
  if (!slot.value) return [head, skeleton(say("loading"))];
  if (!features.length) return [head, state.knownAt ? h("p", { class: "soft section" }, say("nothing_known")) : emptyState(store)];
  return [head, lightCounts(features, store), h("ul", { class: "projects scroll" }, burning(features).map((feature) => projectItem(feature, store, actions, features.length <= EAGER)))];
}

/** How many projects have which light. */
function lightCounts(features: readonly ProjectFeature[], store: Store): HTMLElement {
  const legend = store.lights();
  return h("ul", { class: "light-counts" }, LIGHTS.map((light) => {
    const n = features.filter((feature) => feature.properties.light === light).length;
    const name = lightName(light, legend);
    return h("li", { title: name, "data-light": light, class: n ? "" : "zero" }, lightMark(light, legend), h("b", { class: "num" }, count(n, store.state.language)), h("span", { class: "soft" }, name));
  }));
}

/** Where it burns first; among equal lights whoever is latest. */
function burning(features: readonly ProjectFeature[]): ProjectFeature[] {
  const late = ({ spi_t }: ProjectFeature["properties"]): number => spi_t ?? Infinity;
  return [...features].sort(({ properties: a }, { properties: b }) => LIGHTS.indexOf(a.light) - LIGHTS.indexOf(b.light) || (late(a) === late(b) ? 0 : late(a) - late(b)));
}

function projectItem(feature: ProjectFeature, store: Store, actions: ListActions, eager: boolean): HTMLElement {
  const { code, name, light, models, progress, planned_progress, stage_name } = feature.properties;
  const { project, language } = store.state;
  const legend = store.lights();
  const share = progress === null ? null : planned_progress === null ? percent(progress, language, 0) : `${number(progress * 100, language, 0)} / ${percent(planned_progress, language, 0)}`;
  const details = (eager || project === code) && models.length ? store.cache.project(code) : null;
  return h("li", { class: project === code ? "selected" : "" },
    h("button", {
      class: "row project", type: "button", "data-focus": `project ${code}`, "data-light": light, "aria-pressed": String(project === code),
      onclick: () => { store.update({ project: code, model: null, element: null, feature: null }); actions.flyToProject(code); },
    }, lightMark(light, legend), h("span", { class: "hidden" }, lightName(light, legend)),
      h("span", { class: "row-text" }, h("b", {}, name || code), h("span", { class: "soft dots note num" }, [name !== code && code, stage_name].filter(Boolean).map((fact) => [h("span", {}, fact || ""), " "]))),
      share && h("span", { class: "soft num note", title: store.say("progress_of_plan", { done: percent(progress, language), planned: percent(planned_progress, language) }) }, share)),
    details?.error && h("p", { class: "warning" }, icon(ICONS.warn), sentenceOf(details.error, store.say)),
    details?.value && h("ul", { class: "models" }, details.value.models.map((model) => modelItem(model, store, actions))));
}

function modelItem(model: Model, store: Store, actions: ListActions): HTMLElement {
  const conflicts = model.georeference.conflicts.length;
  return h("li", { class: "model" },
    h("button", {
      class: "row", type: "button", "data-focus": `model ${model.model}`, "aria-label": store.say("open_model", { name: model.file }),
      onclick: () => { store.update({ project: model.project, model: model.model, element: null }); actions.flyToModel(model); },
    }, h("span", { class: "row-text" }, h("span", { class: "model-name" }, model.file), ledgerLine(model.ledger, store)),
      conflicts > 0 && h("span", { class: "warning-mark", title: model.georeference.conflicts.join("\n") }, icon(ICONS.warn), h("span", { class: "hidden" }, store.say("conflicts"))),
      icon(ICONS.open, { size: 12 })));
}

function modelView(model: Model, tree: TreePanel, store: Store, actions: ListActions): HTMLElement[] {
  const { say } = store;
  const { language } = store.state;
  const facts = [model.discipline, model.schema, say("revision", { n: model.revision }), say("imported", { date: date(model.imported_at, language) }), bytes(model.tiles.bytes, language)];
  return [
    h("div", { class: "panel-head" },
      h("button", { class: "button icon-only quiet", type: "button", "data-focus": "back", "aria-label": say("back"), title: say("back"), onclick: () => store.update({ model: null }) }, icon(ICONS.back)),
      h("div", { class: "grow" }, h("h2", { title: model.model }, model.file), h("p", { class: "soft dots" }, facts.filter(Boolean).map((fact) => [h("span", {}, fact ?? ""), " "]))),
      h("button", { class: "button icon-only quiet", type: "button", "data-focus": "fly", "aria-label": say("fly_to_what", { name: model.file }), title: say("fly_to"), onclick: () => actions.flyToModel(model) }, icon(ICONS.locate))),
    h("div", { class: "model-facts scroll" }, ledgerSection(model, store), switches(model, store), placeSection(model, store), replacedNote(model.model, store)),
    tree.element,
  ];
}

function switches(model: Model, store: Store): HTMLElement {
  const box = (key: "spaces" | "below", word: "show_spaces" | "show_below"): HTMLElement => h("label", { class: "switch" },
    h("input", {
      type: "checkbox", role: "switch", "data-focus": word, checked: store.state[key].has(model.model),
      onchange: (event) => store.toggle(key, model.model, (event.target as HTMLInputElement).checked),
    }), h("span", { class: "track", "aria-hidden": "true" }), h("span", {}, store.say(word)));
  return h("section", { class: "section switches" }, model.spaces_tileset && box("spaces", "show_spaces"), box("below", "show_below"));
}

function emptyState(store: Store): HTMLElement {
  const { say } = store;
  return h("div", { class: "state" }, h("div", { class: "state-art", "aria-hidden": "true" }), h("h3", {}, say("empty_title")), h("p", {}, say("empty_text")), h("code", {}, say("empty_command")),
    h("p", { class: "soft" }, say("empty_demo")), h("code", {}, "twin demo"),
    h("button", { class: "button", type: "button", onclick: () => location.reload() }, say("reload")));
}

export function broken(sentence: string, store: Store): HTMLElement {
  return h("div", { class: "state", role: "alert" }, icon(ICONS.warn, { size: 28 }), h("h3", {}, store.say("broken_title")), h("p", {}, sentence),
    h("button", { class: "button primary", type: "button", "data-focus": "retry", onclick: () => location.reload() }, store.say("reload")));
}

export function skeleton(label: string): HTMLElement {
  return h("div", { class: "skeleton", role: "status", "aria-label": label }, h("span", {}), h("span", {}), h("span", {}), h("span", { class: "hidden" }, label));
}
