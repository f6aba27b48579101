/** A list of any length of which only the visible rows exist. All rows are equally high. */

import { Fragment, type ComponentChildren, type JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

export const ROW_HEIGHT = 30;
const AROUND = 6;

interface ListProps<T> {
  label: string;
  items: readonly T[];
  /** A row that should be in sight and active; another `key` scrolls to it, -1: nowhere. */
  reveal: { key: string; index: number };
  keyOf: (item: T) => string;
  row: (item: T, placed: { id: string; style: { top: string }; active: boolean; onMouseDown: () => void }) => ComponentChildren;
  /** Pixels; `ROW_HEIGHT` unless said. */
  height?: number;
  /** A key was pressed on the active row; true: it was used. */
  onKey: (item: T, key: string) => boolean;
}

/** A tree (role and keys) whose rows are given flat. The list has the focus, `aria-activedescendant` says which row is meant. */
export function VirtualTree<T>({ label, items, reveal, row, onKey, keyOf, height = ROW_HEIGHT }: ListProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const [wanted, setActive] = useState(0);
  const active = Math.min(wanted, Math.max(0, items.length - 1));
  const look = (): void => {
    const element = box.current;
    if (element) setView((old) => (old.top === element.scrollTop && old.height === element.clientHeight ? old : { top: element.scrollTop, height: element.clientHeight }));
  };
  const go = (index: number): void => {
    const element = box.current;
    if (!element || index < 0) return;
    setActive(index);
    const top = index * height;
    if (top < element.scrollTop || top + height > element.scrollTop + element.clientHeight) element.scrollTop = Math.max(0, top - element.clientHeight / 2);
    look();
  };
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(look);
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  useLayoutEffect(() => go(reveal.index), [reveal.key]);
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(view.height / height) - 1);
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length };
    const by = moves[event.key];
    const item = items[active];
    if (by !== undefined) go(Math.min(items.length - 1, Math.max(0, active + by)));
    else if (item === undefined || !onKey(item, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const first = Math.max(0, Math.floor(view.top / height) - AROUND);
  const last = Math.min(items.length, Math.ceil((view.top + (view.height || 400)) / height) + AROUND);
  const id = (index: number): string => `tree-row-${index}`;
  return <div ref={box} class="virtual" role="tree" tabIndex={0} aria-label={label} data-focus="tree" onKeyDown={key} onScroll={look}
    aria-activedescendant={active >= first && active < last ? id(active) : undefined}>
    <div class="virtual-inner" style={{ height: `${items.length * height}px` }} role="presentation">
      {items.slice(first, last).map((item, i) => {
        const index = first + i;
        return <Fragment key={keyOf(item)}>{row(item, { id: id(index), style: { top: `${index * height}px` }, active: index === active, onMouseDown: () => setActive(index) })}</Fragment>;
      })}
    </div>
  </div>;
}
