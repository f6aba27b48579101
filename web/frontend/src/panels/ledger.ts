/** The import ledger of a model: every product in exactly one state, as a bar, as marks with numbers, as a list. */

import { h, icon, ICONS } from "../dom";
import { stateMark } from "../marks";
import type { Store } from "../store";
import type { LedgerCounts, Model, State } from "../types";
import { className } from "../words/classes";
import { count } from "../words/format";

const STATES: readonly State[] = ["drawn", "empty", "skipped", "failed"];

export function ledgerBar(ledger: LedgerCounts): HTMLElement {
  return h("div", { class: "ledger-bar", "aria-hidden": "true" },
    STATES.filter((state) => ledger[state] > 0).map((state) => h("span", { class: `ledger-${state}`, style: `flex-grow:${ledger[state]}` })));
}

/** One line under a model in the list: what is drawn, and what is lost if anything is. */
export function ledgerLine(ledger: LedgerCounts, store: Store): HTMLElement {
  const { language } = store.state;
  return h("span", { class: "ledger-line" }, STATES.filter((state) => state === "drawn" || ledger[state] > 0).map((state) =>
    h("span", { class: "ledger-item", title: `${store.say(state)} ${count(ledger[state], language)}` }, stateMark(state),
      h("span", { class: "hidden" }, store.say(state)), count(ledger[state], language))));
}

export function ledgerSection(model: Model, store: Store): HTMLElement {
  const { ledger } = model;
  const { language } = store.state;
  const lost = ledger.products - ledger.drawn;
  return h("section", { class: "section" },
    h("h3", {}, store.say("ledger"), h("span", { class: "soft count" }, store.say("ledger_products", { n: count(ledger.products, language) }))),
    ledgerBar(ledger),
    h("ul", { class: "ledger-states" }, STATES.map((state) => h("li", { class: ledger[state] ? "" : "zero" }, stateMark(state), h("span", {}, store.say(state)), h("b", { class: "num" }, count(ledger[state], language))))),
    ledger.failed > 0 && h("p", { class: "warning" }, icon(ICONS.warn), store.say("failed_n", { n: count(ledger.failed, language) })),
    lost > 0 ? notDrawn(model, lost, store) : h("p", { class: "soft" }, store.say("all_drawn")),
  );
}

function notDrawn(model: Model, lost: number, store: Store): HTMLElement {
  const body = h("div", { class: "not-drawn" });
  const fill = async (): Promise<void> => {
    body.replaceChildren(h("p", { class: "soft" }, store.say("loading")));
    try {
      const { items } = await store.cache.ledger(model.model).promise;
      const order = (state: State): number => -STATES.indexOf(state);
      body.replaceChildren(h("ul", { class: "rows" }, [...items].sort((a, b) => order(a.state) - order(b.state)).slice(0, 500).map((item) =>
        h("li", {}, h("button", {
          class: "row", type: "button", onclick: () => store.update({ element: item.global_id }),
        }, stateMark(item.state), h("span", { class: "row-text" },
          h("span", {}, item.name || className(item.ifc_class, store.state.language), h("span", { class: "soft" }, ` ${item.ifc_class}`)),
          h("span", { class: "soft reason" }, item.reason ?? store.say(item.state))))))));
    } catch (error) {
      body.replaceChildren(h("p", { class: "warning" }, icon(ICONS.warn), store.say("server_error", { detail: (error as Error).message })));
    }
  };
  return h("details", { class: "fold", ontoggle: (event) => { if ((event.target as HTMLDetailsElement).open && !body.hasChildNodes()) void fill(); } },
    h("summary", { "data-focus": "not-drawn" }, store.say("not_drawn_n", { n: count(lost, store.state.language) })), body);
}
