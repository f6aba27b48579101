/** The right panel: everything that is known of the picked element. */

import { h, icon, ICONS, replace } from "../dom";
import { stateMark } from "../marks";
import { sentenceOf, type Store } from "../store";
import { ServerProblem } from "../api";
import type { ElementDetails, Value } from "../types";
import { className } from "../words/classes";
import type { Word } from "../words/dictionary";
import { metres, number, quantity } from "../words/format";
import { skeleton } from "./list";

export interface ElementActions {
  flyToElement: () => void;
}

export function elementPanel(store: Store, actions: ElementActions): HTMLElement {
  const panel = h("aside", { class: "panel element-panel", id: "element", hidden: true });
  let shown: ElementDetails | null = null;
  const draw = (force = false): void => {
    const { project, element } = store.state;
    panel.hidden = !element;
    panel.setAttribute("aria-label", store.say("element"));
    if (!project || !element) {
      shown = null;
      return replace(panel);
    }
    const slot = store.cache.element(project, element);
    if (shown === slot.value && shown && !force) return;
    shown = slot.value ?? null;
    if (slot.value) replace(panel, head(slot.value, store, actions), body(slot.value, store));
    else replace(panel, plainHead(element, store), slot.error ? failed(element, slot.error, store) : skeleton(store.say("loading")));
  };
  store.subscribe((changed) => { if (["language", "project", "element", "data"].some((k) => changed.has(k as never))) draw(changed.has("language")); });
  draw();
  return panel;
}

function closeButton(store: Store): HTMLElement {
  return h("button", { class: "button icon-only quiet", type: "button", "data-focus": "close-element", "aria-label": store.say("close"), title: store.say("close"), onclick: () => store.update({ element: null }) }, icon(ICONS.close));
}

function plainHead(id: string, store: Store): HTMLElement {
  return h("div", { class: "panel-head" }, h("div", { class: "grow" }, h("h2", {}, store.say("element")), h("p", { class: "mono" }, id)), closeButton(store));
}

function failed(id: string, error: Error, store: Store): HTMLElement {
  const missing = error instanceof ServerProblem && error.status === 404;
  return h("p", { class: "warning", role: "alert" }, icon(ICONS.warn), missing ? store.say("not_found_element", { id }) : sentenceOf(error, store.say));
}

function head(element: ElementDetails, store: Store, actions: ElementActions): HTMLElement {
  const { language } = store.state;
  const kind = className(element.ifc_class, language);
  return h("div", { class: "panel-head" },
    h("div", { class: "grow" }, h("p", { class: "kind" }, kind, h("span", { class: "soft" }, ` ${element.ifc_class}`)), h("h2", {}, element.name || kind)),
    element.state === "drawn" && h("button", { class: "button icon-only quiet", type: "button", "data-focus": "fly-element", "aria-label": store.say("fly_to_what", { name: element.name || kind }), title: store.say("fly_to"), onclick: () => actions.flyToElement() }, icon(ICONS.locate)),
    closeButton(store));
}

function body(element: ElementDetails, store: Store): HTMLElement {
  const p = element.properties;
  const { language } = store.state;
  const psets = Object.entries(p.psets ?? {});
  const quantities = Object.entries(p.quantities ?? {});
  const nothing = !psets.length && !quantities.length && !p.materials?.length && !p.classifications?.length;
  return h("div", { class: "scroll element-body", tabindex: "0", "data-focus": "element-body" },
    identity(element, store),
    quantities.length > 0 && h("section", { class: "section" }, h("h3", {}, store.say("quantities")), quantities.map(([set, values]) =>
      setTable(set, Object.entries(values).map(([name, q]) => [name, quantity(q.value, q.unit, language)]), true))),
    (p.materials?.length ?? 0) > 0 && h("section", { class: "section" }, h("h3", {}, store.say("materials")), h("ul", { class: "plain" }, (p.materials ?? []).map((m) =>
      h("li", { class: "pair" }, h("span", {}, m.name || store.say("unnamed"), m.category ? h("span", { class: "soft" }, ` ${m.category}`) : null),
        m.thickness ? h("span", { class: "num soft" }, store.say("thickness", { value: `${number(m.thickness * 1000, language, 1)} mm` })) : null)))),
    (p.classifications?.length ?? 0) > 0 && h("section", { class: "section" }, h("h3", {}, store.say("classifications")), h("ul", { class: "plain" }, (p.classifications ?? []).map((c) =>
      h("li", {}, h("span", { class: "mono" }, c.identification ?? ""), ` ${c.name ?? ""}`, h("span", { class: "soft" }, c.system ? ` ${c.system}` : ""))))),
    psets.length > 0 && h("section", { class: "section" }, h("h3", {}, store.say("properties")), psets.map(([set, values], i) =>
      setTable(set, Object.entries(values).map(([name, value]) => [name, valueText(value, store)]), i < 3))),
    nothing && h("p", { class: "soft section" }, store.say("no_properties")));
}

function identity(element: ElementDetails, store: Store): HTMLElement {
  const p = element.properties;
  const { language } = store.state;
  const fact = (word: Word, value: string | null | undefined): HTMLElement[] => (value ? [h("dt", {}, store.say(word)), h("dd", {}, value)] : []);
  const { storey } = element;
  return h("section", { class: "section" },
    element.state !== "drawn" && h("p", { class: element.state === "failed" ? "warning" : "soft note" }, stateMark(element.state), h("span", {}, `${store.say(element.state)}：`.replace("：", language === "zh" ? "：" : ": "), element.reason ?? store.say("not_in_view"))),
    h("dl", { class: "facts" },
      h("dt", {}, store.say("global_id")), h("dd", { class: "copy-line" }, h("span", { class: "mono", id: "global-id" }, element.global_id), copyButton(element.global_id, store)),
      fact("storey", storey && store.say("storey_at", { name: storey.name || store.say("unnamed"), elevation: metres(storey.elevation, language) })),
      fact("type", p.type && (p.type.name || p.type.ifc_class)), fact("predefined_type", p.predefined_type), fact("object_type", p.object_type),
      fact("tag", p.tag), fact("description", p.description),
      fact("located", element.path.map((part) => part.name || className(part.ifc_class, language)).join(" › "))));
}

function copyButton(text: string, store: Store): HTMLElement {
  const button = h("button", {
    class: "button icon-only quiet small", type: "button", "data-focus": "copy", "aria-label": store.say("copy_global_id"), title: store.say("copy"),
    onclick: () => { void copy(text).then(() => { button.replaceChildren(icon(ICONS.check)); button.setAttribute("aria-label", store.say("copied")); }); },
  }, icon(ICONS.copy));
  return button;
}

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over plain http only localhost has a clipboard; elsewhere the old way still works.
  const area = h("textarea", { class: "hidden" });
  area.value = text;
  document.body.appendChild(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function setTable(name: string, rows: [string, string][], open: boolean): HTMLElement {
  return h("details", { class: "fold set", open }, h("summary", {}, name),
    h("table", {}, h("tbody", {}, rows.map(([key, value]) => h("tr", {}, h("th", { scope: "row" }, key), h("td", { class: "num" }, value))))));
}

function valueText(value: Value, store: Store): string {
  if (value === null || value === "") return store.say("none");
  if (typeof value === "boolean") return store.say(value ? "yes" : "no");
  if (typeof value === "number") return number(value, store.state.language, 6);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((v) => valueText(v, store)).join(store.state.language === "zh" ? "、" : ", ");
  return Object.entries(value).map(([k, v]) => `${k}: ${valueText(v, store)}`).join("; ");
}
