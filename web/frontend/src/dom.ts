/** Small help with the DOM. Text is always set as text: names come from files that strangers wrote. */

export type Child = Node | string | null | undefined | false | Child[];

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    // A strict Content-Security-Policy refuses style attributes, not styles set by a script.
    if (name === "style") element.style.cssText = String(value);
    else if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(parent: Node, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child !== null && child !== undefined && child !== false) parent.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/** Put new children in place of the old ones; the focus stays on the control with the same `data-focus`. */
export function replace(parent: HTMLElement, ...children: Child[]): void {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && parent.contains(active) ? active.dataset["focus"] : undefined;
  parent.replaceChildren();
  append(parent, children);
  if (key) parent.querySelector<HTMLElement>(`[data-focus="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of 16 × 16 units in the colour of the text around it. */
export function icon(paths: string, options: { size?: number; filled?: boolean } = {}): SVGElement {
  const { size = 16, filled = false } = options;
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: String(size), height: String(size), "aria-hidden": "true", focusable: "false", class: "icon" })) svg.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", paths);
  path.setAttribute(filled ? "fill" : "stroke", "currentColor");
  if (!filled) for (const [name, value] of Object.entries({ fill: "none", "stroke-width": "1.5", "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(name, value);
  svg.appendChild(path);
  return svg;
}

export const ICONS = {
  close: "M4 4l8 8M12 4l-8 8",
  back: "M10 3L5 8l5 5",
  open: "M6 3l5 5-5 5",
  down: "M3 6l5 5 5-5",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  check: "M3 8.5l3.2 3.2L13 5",
  locate: "M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M8 4.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7z",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5L14 14",
  sun: "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13 9.5A5.5 5.5 0 016.5 3 5.5 5.5 0 1013 9.5z",
  warn: "M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.6v.1",
  list: "M2.5 4h11M2.5 8h11M2.5 12h11",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  layers: "M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3",
  share: "M11.5 5.500a2 2 0 100-4 2 2 0 000 4zM4.500 10a2 2 0 100-4 2 2 0 000 4zM11.5 14.500a2 2 0 100-4 2 2 0 000 4zM6.300 7.100l3.500-2.200M6.300 8.900l3.500 2.200",
  download: "M8 2v8M4.5 6.800L8 10.300l3.500-3.500M2.500 13.500h11",
  upload: "M8 10.500V2.500M4.500 5.800L8 2.300l3.500 3.500M2.500 13.500h11",
  person: "M8 2.500a2.800 2.800 0 100 5.600 2.800 2.800 0 000-5.600zM2.500 14c.600-2.800 2.800-4 5.500-4s4.900 1.200 5.500 4",
  picture: "M2 3h12v10H2zM2 11l3.500-3.500 3 3 2-2L14 12M10.500 6.200v.1",
  help: "M5.500 6a2.500 2.500 0 114 2c-1 .7-1.500 1.200-1.500 2.200M8 12.800v.1",
  play: "M5 3v10l8-5z",
  pause: "M5.5 3v10M10.5 3v10",
  compass: "M8 1.5l3 12.5-3-2.5-3 2.5z",
  eye: "M1.5 8C3 5 5.3 3.5 8 3.5S13 5 14.5 8C13 11 10.7 12.5 8 12.5S3 11 1.5 8zM8 6a2 2 0 100 4 2 2 0 000-4z",
  eye_half: "M1.5 8C3 5 5.3 3.5 8 3.5S13 5 14.5 8C13 11 10.7 12.5 8 12.5S3 11 1.5 8zM6 8h4",
  eye_off: "M1.5 8C3 11 5.3 12.5 8 12.5S13 11 14.5 8M4 11.5L3 13M8 12.5V14M12 11.5l1 1.5",
  only: "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M6 6h4v4H6z",
  length: "M2 12L12 2l2 2L4 14zM5 9l1.2 1.2M7.5 6.5l1.2 1.2M10 4l1.2 1.2",
  height: "M8 2v12M5.5 4.5L8 2l2.5 2.5M5.5 11.5L8 14l2.5-2.5M2.5 2h3M2.5 14h3",
  area: "M3 4l8-1 2.5 6.5L8 13.5 2.5 11zM3 4h.01M11 3h.01M13.5 9.5h.01",
  section: "M2.5 5.5L8 2.5l5.5 3v5L8 13.5l-5.5-3zM1 9.5L15 6.5",
  clash: "M2 3.5h7v7H2zM7 6.500h7v7H7z",
  flip: "M8 1.5v13M6 4L2 12h4zM10 4l4 8h-4z",
} as const;
