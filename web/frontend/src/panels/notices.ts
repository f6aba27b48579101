/** What went wrong, said where it can be seen; and how far loading is. */

import { h, icon, ICONS, replace } from "../dom";
import type { Store } from "../store";

export class Notices {
  readonly element = h("div", { class: "notices", role: "alert", "aria-live": "assertive" });
  readonly progress = h("div", { class: "progress", role: "progressbar", hidden: true });
  private readonly shown = new Map<string, number>();

  constructor(private readonly store: Store) {}

  /** Show a sentence until it is dismissed; the same one only once, with how often it came. */
  tell(sentence: string): void {
    this.shown.set(sentence, (this.shown.get(sentence) ?? 0) + 1);
    this.draw();
  }

  /** `done` of `all` parts have come; nothing is shown when they all have. */
  show(done: number, all: number): void {
    const busy = done < all;
    this.progress.hidden = !busy;
    if (!busy) return;
    const text = this.store.say("loading_tiles", { done, all });
    for (const [name, value] of Object.entries({ "aria-valuemin": 0, "aria-valuemax": all, "aria-valuenow": done, "aria-label": text })) this.progress.setAttribute(name, String(value));
    replace(this.progress, h("span", { class: "progress-bar" }, h("span", { style: `width:${Math.round((100 * done) / all)}%` })), h("span", { class: "progress-text num" }, text));
  }

  private draw(): void {
    replace(this.element, [...this.shown].slice(-3).map(([sentence, times]) => h("div", { class: "panel notice" }, icon(ICONS.warn), h("span", { class: "grow" }, sentence, times > 1 ? ` (×${times})` : ""),
      h("button", { class: "button icon-only quiet", type: "button", "aria-label": this.store.say("dismiss"), onclick: () => { this.shown.delete(sentence); this.draw(); } }, icon(ICONS.close)))));
  }
}
