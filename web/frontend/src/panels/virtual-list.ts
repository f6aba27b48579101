/** A list of any length of which only the visible rows exist. All rows are equally high. */

import { h } from "../dom";

export const ROW_HEIGHT = 30;

export class VirtualList<T> {
  readonly element: HTMLElement;
  private readonly inner: HTMLElement;
  private items: readonly T[] = [];
  private active = 0;
  private frame = 0;

  constructor(label: string, private readonly render: (item: T, index: number) => HTMLElement, private readonly act: (item: T, key: string) => boolean) {
    this.inner = h("div", { class: "virtual-inner" });
    this.element = h("div", { class: "virtual", role: "tree", tabindex: "0", "aria-label": label, "data-focus": "tree", onkeydown: (event) => this.key(event as KeyboardEvent) }, this.inner);
    this.element.addEventListener("scroll", () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.schedule()).observe(this.element);
  }

  set(items: readonly T[]): void {
    this.items = items;
    this.active = Math.min(this.active, Math.max(0, items.length - 1));
    this.inner.style.height = `${items.length * ROW_HEIGHT}px`;
    this.draw();
  }

  /** Make row `index` the active one and bring it into sight. */
  reveal(index: number): void {
    if (index < 0) return;
    this.active = index;
    const top = index * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop || top + ROW_HEIGHT > scrollTop + clientHeight) this.element.scrollTop = Math.max(0, top - clientHeight / 2);
    this.draw();
  }

  private schedule(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW_HEIGHT) - 4);
    const last = Math.min(this.items.length, first + Math.ceil((this.element.clientHeight || 400) / ROW_HEIGHT) + 8);
    const rows: HTMLElement[] = [];
    for (let i = first; i < last; i++) {
      const row = this.render(this.items[i] as T, i);
      row.style.top = `${i * ROW_HEIGHT}px`;
      row.id = `${this.element.id || "tree"}-row-${i}`;
      row.classList.toggle("active", i === this.active);
      row.addEventListener("mousedown", () => { this.active = i; });
      rows.push(row);
    }
    this.inner.replaceChildren(...rows);
    if (this.active >= first && this.active < last) this.element.setAttribute("aria-activedescendant", `${this.element.id || "tree"}-row-${this.active}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1);
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.items.length, End: this.items.length };
    const by = moves[event.key];
    if (by !== undefined) {
      event.preventDefault();
      this.reveal(Math.min(this.items.length - 1, Math.max(0, this.active + by)));
      return;
    }
    const item = this.items[this.active];
    if (item !== undefined && this.act(item, event.key)) event.preventDefault();
  }
}
