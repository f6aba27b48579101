/** Two days side by side: a second map of an earlier (or later) day lies over the left part of the first, up to a divider. */

import type { StyleSpecification } from "maplibre-gl";

import { activeSection } from "../bim/section";
import { h, icon, ICONS } from "../dom";
import { Store, type Changed } from "../store";
import type { SceneJson } from "../types";
import { date } from "../words/format";
import { Side, type SideEvents } from "./side";

/** How near to the edges the divider may be, and a step of the arrow keys: shares of the width. */
const [LEAST, STEP] = [0.04, 0.02];

export function clampSplit(split: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, split));
}

/** What stands beside the divider. */
interface Opened {
  side: Side;
  store: Store;
  holder: HTMLElement;
  divider: HTMLElement;
  /** Versions of the first side's paints, by model, that the second one has. */
  shown: Map<string, number>;
  stop: () => void;
}

export class Swipe {
  private opened: Opened | null = null;

  constructor(private readonly container: HTMLElement, private readonly store: Store, private readonly first: Side, private readonly scene: () => SceneJson | null,
    private readonly style: () => StyleSpecification, private readonly events: SideEvents) {
    this.follow();
    store.subscribe((changed) => this.changed(changed));
  }

  /** The other day's side, while there is one. */
  get side(): Side | null {
    return this.opened?.side ?? null;
  }

  private changed(changed: Changed): void {
    this.follow();
    if (this.opened && ["split", "language", "asOf", "compare", "data"].some((key) => changed.has(key as never))) this.place();
  }

  /** Open, close, or hand on what the first side shows. */
  private follow(): void {
    const { compare } = this.store.state;
    if (!compare) this.close();
    else if (!this.opened) this.open(compare);
    else this.opened.store.update({ ...this.store.state, asOf: compare, compare: null });
  }

  private open(compare: string): void {
    const { first, store: main } = this;
    const holder = h("div", { class: "swipe-map" });
    const divider = this.divider();
    this.container.append(holder, divider);
    const store = new Store({ ...main.state, asOf: compare, compare: null });
    let side: Side;
    try {
      side = new Side(holder, store, first.city.view, this.style(), { ...this.events, onMove: () => undefined, onCredits: () => undefined });
    } catch (error) {
      holder.remove();
      divider.remove();
      main.update({ compare: null });
      return this.events.onError(error as Error);
    }
    const stops = [first.city.lead(side.city), side.city.lead(first.city)];
    const sync = (): void => this.sync();
    first.city.map.on("render", sync);
    const stop = (): void => {
      first.city.map.off("render", sync);
      for (const end of stops) end();
    };
    this.opened = { side, store, holder, divider, shown: new Map(), stop };
    side.city.map.getCanvas().setAttribute("aria-label", main.say("compare_map"));
    const scene = this.scene();
    if (scene) side.setScene(scene);
    this.place();
  }

  /** What is hidden, selected or cut open on the first side is so on the second. */
  private sync(): void {
    if (!this.opened) return;
    const { side, shown } = this.opened;
    let repaint = false;
    for (const [model, paint] of this.first.paints) {
      const other = side.paint(model);
      const { version, height } = paint.snapshot();
      if (shown.get(model) !== version) {
        shown.set(model, version);
        const states = Uint8Array.from({ length: height * 1024 }, (_, row) => paint.stateOf(row));
        other.show(states.some((state) => state) ? states : null);
        other.lift(paint.lifted);
        repaint = true;
      }
      repaint ||= other.selectedRow !== paint.selectedRow || other.hoverRow !== paint.hoverRow || other.below !== paint.below;
      [other.selectedRow, other.hoverRow, other.below] = [paint.selectedRow, paint.hoverRow, paint.below];
    }
    const cut = activeSection();
    repaint ||= cut !== this.cut;
    this.cut = cut;
    if (repaint) side.city.repaint();
  }

  private cut: unknown = null;

  private divider(): HTMLElement {
    const { store } = this;
    const move = (split: number): void => store.update({ split: clampSplit(split) });
    const bar = h("div", {
      class: "swipe-bar", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100, "data-focus": "split",
      onkeydown: (event) => {
        const step = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[(event as KeyboardEvent).key];
        if (step === undefined) return;
        event.preventDefault();
        move(store.state.split + step);
      },
      onpointerdown: (event) => {
        event.preventDefault();
        bar.focus({ preventScroll: true });
        bar.setPointerCapture((event as PointerEvent).pointerId);
      },
      onpointermove: (event) => {
        const { clientX, pointerId } = event as PointerEvent;
        if (!bar.hasPointerCapture(pointerId)) return;
        const { left, width } = this.container.getBoundingClientRect();
        move((clientX - left) / width);
      },
    }, h("span", { class: "swipe-grip", "aria-hidden": "true" }, icon("M6 4L3 8l3 4M10 4l3 4-3 4")));
    return h("div", { class: "swipe" }, bar, h("span", { class: "swipe-day swipe-left num" }),
      h("div", { class: "swipe-day swipe-right" }, h("span", { class: "num" }), h("button", {
        class: "button icon-only quiet small", type: "button", "data-focus": "compare close", onclick: () => store.update({ compare: null }),
      }, icon(ICONS.close))));
  }

  private place(): void {
    if (!this.opened) return;
    const { holder, divider } = this.opened;
    const { split, compare, asOf, language } = this.store.state;
    const { say } = this.store;
    holder.style.clipPath = `inset(0 ${((1 - split) * 100).toFixed(3)}% 0 0)`;
    divider.style.left = `${(split * 100).toFixed(3)}%`;
    const day = (iso: string | null | undefined): string => (iso ? date(iso, language) : "");
    const [left, right] = [day(compare), day(asOf ?? this.store.cache.projects().value?.as_of)];
    const [bar, before, after] = [...divider.children] as [HTMLElement, HTMLElement, HTMLElement];
    bar.setAttribute("aria-valuenow", String(Math.round(split * 100)));
    bar.setAttribute("aria-label", say("compare_divider", { left, right }));
    before.textContent = left;
    (after.firstElementChild as HTMLElement).textContent = right;
    const close = after.lastElementChild as HTMLElement;
    close.setAttribute("aria-label", say("compare_close"));
    close.title = say("compare_close");
  }

  private close(): void {
    if (!this.opened) return;
    const { side, holder, divider, stop } = this.opened;
    this.opened = null;
    stop();
    side.destroy();
    holder.remove();
    divider.remove();
  }
}
