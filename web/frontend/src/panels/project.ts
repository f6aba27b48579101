/** The right panel of a project: how it stands on the day that is looked at, and why its light burns. */

import { h, icon, ICONS, replace } from "../dom";
import { lightMark } from "../marks";
import { sentenceOf, type Store } from "../store";
import { ServerProblem } from "../api";
import type { Evidence, Project } from "../types";
import { index, lightName, measureName, money, percent, ruleUnit } from "../words/lights";
import { date, number } from "../words/format";
import { skeleton } from "./list";

export function projectPanel(store: Store, fly: (code: string) => void): HTMLElement {
  const panel = h("aside", { class: "panel element-panel project-panel", id: "project", hidden: true });
  let shown: unknown[] = [];
  const draw = (): void => {
    const { project, model, element, feature, language } = store.state;
    panel.hidden = !project || Boolean(model || element || feature);
    panel.setAttribute("aria-label", store.say("project"));
    if (!project || panel.hidden) {
      shown = [];
      return replace(panel);
    }
    const slot = store.cache.project(project);
    const now = [slot.value, slot.error, store.lights(), language];
    if (now.every((part, i) => part === shown[i])) return;
    shown = now;
    if (slot.error) replace(panel, head(store, project, null, fly), failed(project, slot.error, store));
    else if (slot.value) replace(panel, head(store, project, slot.value, fly), body(slot.value, store));
    else replace(panel, head(store, project, null, fly), skeleton(store.say("loading")));
  };
  store.subscribe((changed) => { if (["language", "project", "model", "element", "feature", "asOf", "knownAt", "data"].some((key) => changed.has(key as never))) draw(); });
  draw();
  return panel;
}

function failed(code: string, error: Error, store: Store): HTMLElement {
  const missing = error instanceof ServerProblem && error.status === 404;
  return h("p", { class: "warning", role: "alert" }, icon(ICONS.warn), missing ? store.say("not_known_project", { id: code }) : sentenceOf(error, store.say));
}

function head(store: Store, code: string, project: Project | null, fly: (code: string) => void): HTMLElement {
  const { say } = store;
  const legend = store.lights();
  const name = project?.name || code;
  return h("div", { class: "panel-head" },
    h("div", { class: "grow" },
      project && h("p", { class: "light-line" }, lightMark(project.light, legend), h("b", {}, lightName(project.light, legend))),
      h("h2", {}, name), h("p", { class: "soft dots" }, [code, project?.district].filter((fact) => fact && fact !== name).map((fact) => [h("span", {}, fact ?? ""), " "]))),
    h("button", { class: "button icon-only quiet", type: "button", "data-focus": "fly-project", "aria-label": say("fly_to_what", { name }), title: say("fly_to"), onclick: () => fly(code) }, icon(ICONS.locate)),
    h("button", { class: "button icon-only quiet", type: "button", "data-focus": "close-project", "aria-label": say("close"), title: say("close"), onclick: () => store.update({ project: null }) }, icon(ICONS.close)));
}

function body(project: Project, store: Store): HTMLElement {
  const { say } = store;
  const { language } = store.state;
  const fact = (word: Parameters<Store["say"]>[0], value: string | null): HTMLElement[] => [h("dt", {}, say(word)), h("dd", { class: "num" }, value ?? say("none"))];
  const evidence = [...project.evidence].sort((a, b) => Number(b.decisive) - Number(a.decisive));
  return h("div", { class: "scroll element-body", tabindex: "0", "data-focus": "project-body" },
    h("section", { class: "section" }, progressBar(project, store),
      h("dl", { class: "facts" },
        fact("spi_t", index(project.spi_t, language)), fact("cpi", index(project.cpi, language)), fact("budget", money(project.budget, project.currency, language)),
        fact("stage", project.stage_name), fact("status_date", project.status_date && date(project.status_date, language)),
        fact("planned_finish", project.planned_finish && date(project.planned_finish, language)))),
    h("section", { class: "section" }, h("h3", {}, say("why")),
      project.held_from && h("p", { class: "soft note" }, say("held_from", { date: date(project.held_from, language) })),
      h("ul", { class: "evidence" }, evidence.map((item) => evidenceItem(item, store))),
      h("p", { class: "soft note" }, say("judged_by", { rules: project.rules_title }))),
    project.notes.length > 0 && h("section", { class: "section" }, h("h3", {}, say("notices")), project.notes.map((note) => h("p", { class: "soft note" }, note))));
}

/** Done against planned: a bar, and a tick where it should end. */
function progressBar({ progress, planned_progress }: Project, store: Store): HTMLElement {
  const { language } = store.state;
  const width = (share: number | null): string => `${Math.min(100, Math.max(0, (share ?? 0) * 100))}%`;
  const text = store.say("progress_of_plan", { done: percent(progress, language), planned: percent(planned_progress, language) });
  return h("div", { class: "progress-of-plan" }, h("p", { class: "num" }, text),
    h("div", { class: "share-bar", "aria-hidden": "true" }, progress !== null && h("span", { class: "share-done", style: `width:${width(progress)}` }),
      planned_progress !== null && h("span", { class: "share-planned", style: `left:${width(planned_progress)}` })));
}

/** A verdict: its clause, the figure and its line, where it was reported, where the clause is published (as text: the page calls nobody). */
function evidenceItem(item: Evidence, store: Store): HTMLElement {
  const { say } = store;
  const { language } = store.state;
  const figure = item.value === null ? "" : `${number(item.value, language, 3)}${ruleUnit(item.unit, language)}`;
  const { report } = item;
  const place = report && (report.row ? say("report_row", { file: report.file, row: report.row }) : report.file);
  const days = [item.fact_date && say("fact_date", { date: date(item.fact_date, language) }), report && say("recorded", { date: report.recorded_at.slice(0, 10) })];
  return h("li", { class: item.decisive ? "decisive" : "", "data-rule": item.rule },
    item.light ? lightMark(item.light, store.lights()) : h("span", { class: "mark" }),
    h("div", {}, h("p", {}, item.clause, item.decisive && h("span", { class: "hidden" }, ` (${say("decisive")})`)),
      h("p", { class: "num soft" }, `${measureName(item.measure, language)} ${figure} · ${say("line")} ${item.threshold}${ruleUnit(item.unit, language)}`),
      place && h("p", { class: "soft" }, place),
      h("p", { class: "soft dots num" }, days.filter(Boolean).map((day) => [h("span", {}, day ?? ""), " "])),
      h("p", { class: "soft source" }, `${say("clause_source")} `, h("span", {}, item.source))));
}
