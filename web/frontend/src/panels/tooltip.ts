/** A word beside the pointer: what is under it. */

import { h, replace } from "../dom";
import type { BimPick } from "../bim/tiles-layer";
import type { CityFeature } from "../types";
import { className } from "../words/classes";
import type { Language } from "../words/dictionary";
import { featureTitle } from "./feature";

export class Tooltip {
  readonly element = h("div", { class: "tooltip", role: "presentation", hidden: true });

  show(pick: BimPick | null, x: number, y: number, language: Language): void {
    this.element.hidden = !pick;
    if (pick) this.tell(className(pick.ifcClass, language), pick.storey, x, y);
  }

  /** A plain building or a road speaks only when it has a name. */
  showFeature(feature: CityFeature | null, x: number, y: number, language: Language): void {
    const { name, kind } = feature ? featureTitle(feature, language) : { name: "", kind: "" };
    this.element.hidden = !name;
    if (name) this.tell(name, kind, x, y);
  }

  private tell(first: string, second: string, x: number, y: number): void {
    replace(this.element, h("b", {}, first), second ? h("span", { class: "soft" }, ` ${second}`) : null);
    const right = x > window.innerWidth - 220;
    this.element.style.transform = `translate(${Math.round(x + (right ? -14 : 14))}px, ${Math.round(y + 16)}px)${right ? " translateX(-100%)" : ""}`;
  }
}
