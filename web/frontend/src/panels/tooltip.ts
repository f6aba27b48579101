/** A word beside the pointer: what is under it, and how that stands. */

import type { BimPick } from "../bim/tiles-layer";
import { h, replace, type Child } from "../dom";
import { lightMark } from "../marks";
import type { CityFeature, LegendEntry, Light, Lights } from "../types";
import { className } from "../words/classes";
import type { Language } from "../words/dictionary";
import { featureTitle } from "../words/kinds";
import { LIGHTS, lightName } from "../words/lights";

/** What a colour says: its name, its entry in the legend, which colouring it is of. */
export interface Said {
  readonly by: string;
  readonly entry: LegendEntry;
}

/** A district, a column, a mark of the city map: its name, its figure in words, its light or its lights. */
export interface CityPart {
  /** Of a project. */
  readonly code?: string;
  readonly name: string;
  readonly figure?: string;
  readonly light?: Light;
  readonly lights?: Lights;
}

export class Tooltip {
  readonly element = h("div", { class: "tooltip", role: "presentation", hidden: true });

  /** An element: its class and storey, and what its colour says. */
  show(pick: BimPick | null, x: number, y: number, language: Language, said: Said | null = null): void {
    this.element.hidden = !pick;
    if (pick) this.tell([titled(className(pick.ifcClass, language), pick.storey), said && h("div", { class: "tip-said" }, swatch(said.entry), h("span", {}, `${said.by}${language === "zh" ? "：" : ": "}${said.entry.label}`))], x, y);
  }

  /** A plain building or a road speaks only when it has a name. */
  showFeature(feature: CityFeature | null, x: number, y: number, language: Language): void {
    const { name, kind } = feature ? featureTitle(feature, language) : { name: "", kind: "" };
    this.element.hidden = !name;
    if (name) this.tell([titled(name, kind)], x, y);
  }

  /** A district or a project of the city map; `legend` is that of lights. */
  showPart(part: CityPart | null, x: number, y: number, legend: readonly LegendEntry[]): void {
    this.element.hidden = !part;
    if (!part) return;
    const { light, lights } = part;
    this.tell([
      titled(part.name, ""), part.figure && h("div", { class: "tip-said num" }, part.figure),
      light && h("div", { class: "tip-said" }, lightMark(light, legend), h("span", {}, lightName(light, legend))),
      lights && h("div", { class: "tip-lights num" }, LIGHTS.filter((known) => lights[known]).map((known) => h("span", { title: lightName(known, legend) }, lightMark(known, legend), String(lights[known])))),
    ], x, y);
  }

  private tell(lines: Child[], x: number, y: number): void {
    replace(this.element, lines);
    const right = x > window.innerWidth - 260;
    this.element.style.transform = `translate(${Math.round(x + (right ? -14 : 14))}px, ${Math.round(y + 16)}px)${right ? " translateX(-100%)" : ""}`;
  }
}

function titled(first: string, second: string): Child {
  return [h("b", {}, first), second ? h("span", { class: "soft" }, ` ${second}`) : null];
}

/** A light as its mark, any other class as a field of its colour. */
function swatch(entry: LegendEntry): HTMLElement {
  return entry.shape ? lightMark(entry.key as Light, [entry]) : h("span", { class: "swatch", style: `background:${entry.colour}` });
}
