/** Marks differ by shape as well as by colour: lights of projects, states of the import ledger. */

import { h } from "./dom";
import type { LegendEntry, Light, Severity, State } from "./types";

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of 12 × 12 units: elements of SVG and their attributes. */
export type Drawing = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FILL = { fill: "currentColor" };
const RING = { fill: "none", stroke: "currentColor", "stroke-width": "1.8" };

const SHAPES: Readonly<Record<string, Drawing>> = {
  circle: { circle: { cx: "6", cy: "6", r: "5", ...FILL } },
  triangle: { path: { d: "M6 .8L11.6 11H.4z", ...FILL } },
  square: { path: { d: "M1.2 1.2h9.6v9.6H1.2z", ...FILL } },
  ring: { circle: { cx: "6", cy: "6", r: "4.2", ...RING } },
};

/** Drawn: a full cube's face; empty: its outline; skipped: a bar (left out by a rule); failed: a cross. */
export const STATES: Readonly<Record<State, Drawing>> = {
  drawn: { rect: { x: "1.5", y: "1.5", width: "9", height: "9", rx: "1.5", ...FILL } },
  empty: { rect: { x: "2", y: "2", width: "8", height: "8", rx: "1.5", ...RING, "stroke-dasharray": "2.2 1.6", "stroke-width": "1.4" } },
  skipped: { circle: { cx: "6", cy: "6", r: "4.4", ...RING, "stroke-width": "1.5" }, path: { d: "M2.9 9.1l6.2-6.2", ...RING, "stroke-width": "1.5" } },
  failed: { path: { d: "M2 2l8 8M10 2l-8 8", ...RING, "stroke-width": "2.2", "stroke-linecap": "round" } },
};

/** How bad a clash is: a full, a half and an empty diamond. Lights have none. */
export const SEVERITY_DRAWINGS: Readonly<Record<Severity, Drawing>> = {
  high: { path: { d: "M6 .3L11.700 6 6 11.700.3 6z", ...FILL } },
  medium: { path: { d: "M6 1.300v9.400L1.300 6z", ...FILL }, polygon: { points: "6,1.300 10.700,6 6,10.700 1.300,6", ...RING, "stroke-width": "1.6", "stroke-linejoin": "round" } },
  low: { polygon: { points: "6,1.300 10.700,6 6,10.700 1.300,6", ...RING, "stroke-width": "1.6", "stroke-linejoin": "round" } },
};

/** The shape and the colour that the server's legend gives a light. */
export function lightLook(light: Light, legend: readonly LegendEntry[]): { drawing: Drawing; colour: string } {
  const entry = legend.find((known) => known.key === light);
  return { drawing: SHAPES[entry?.shape ?? ""] ?? {}, colour: entry?.colour ?? "" };
}

/** A light's mark where there are no components: on the map. */
export function lightMark(light: Light, legend: readonly LegendEntry[]): HTMLElement {
  const { drawing, colour } = lightLook(light, legend);
  const holder = markOf(`light mark-${light}`, drawing);
  holder.style.color = colour;
  return holder;
}

/** A mark where there are no components. */
export function markOf(kind: string, drawing: Drawing): HTMLElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of Object.entries(drawing)) {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.appendChild(shape);
  }
  const holder = h("span", { class: `mark mark-${kind}` });
  holder.appendChild(svg);
  return holder;
}
