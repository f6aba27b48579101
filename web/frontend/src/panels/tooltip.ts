/** A word beside the pointer: what is under it. */

import { h, replace } from "../dom";
import type { BimPick } from "../bim/tiles-layer";
import { className } from "../words/classes";
import type { Language } from "../words/dictionary";

export class Tooltip {
  readonly element = h("div", { class: "tooltip", role: "presentation", hidden: true });

  show(pick: BimPick | null, x: number, y: number, language: Language): void {
    this.element.hidden = !pick;
    if (!pick) return;
    replace(this.element, h("b", {}, className(pick.ifcClass, language)), pick.storey ? h("span", { class: "soft" }, ` ${pick.storey}`) : null);
    const right = x > window.innerWidth - 220;
    this.element.style.transform = `translate(${Math.round(x + (right ? -14 : 14))}px, ${Math.round(y + 16)}px)${right ? " translateX(-100%)" : ""}`;
  }
}
