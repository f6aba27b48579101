/** Small parts of the panels for work. */

import type { ComponentChildren, JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { sentenceOf } from "../store";
import { Failed } from "../ui/failed";
import { IconButton, PanelHead, Skeleton, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";

/** A panel that takes the focus when it opens, and gives it back to what opened it. */
export function DeskPanel({ id, className, title, note, close, from, head, children }:
  { id: string; className: string; title: string; note?: ComponentChildren; close: () => void; from: string; head?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>(`[data-focus="close-${id}"]`)?.focus({ preventScroll: true });
    return () => { requestAnimationFrame(() => { if (document.activeElement === document.body) document.querySelector<HTMLElement>(`[data-focus="${from}"]`)?.focus(); }); };
  }, []);
  return <section class={`panel ${className}`} id={id} aria-label={title} ref={panel}>
    <PanelHead title={title} note={note}>{head}<IconButton icon="close" label={say("close")} focus={`close-${id}`} onClick={close} /></PanelHead>
    {children}
  </section>;
}

/** What the server answered, or that it has not yet, or that it did not. */
export function Answer<T>({ slot, children }: { slot: { value?: T; error?: Error }; children: (value: T) => ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  if (slot.error) return <div class="section"><Failed>{sentenceOf(slot.error, say)}</Failed></div>;
  return slot.value === undefined ? <Skeleton label={say("loading")} /> : <>{children(slot.value)}</>;
}

export interface Doing {
  readonly busy: boolean;
  readonly problem: string;
  /** Do it; returns whether it was done. A problem is kept to be said. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** A change that is asked of the server: one at a time, its failure a sentence. */
export function useDoing(): Doing {
  const { say } = useTwin();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const gone = useRef(false);
  useEffect(() => () => { gone.current = true; }, []);
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem("");
    try {
      await work();
      return true;
    } catch (error) {
      if (!gone.current) setProblem(sentenceOf(error as Error, say));
      return false;
    } finally {
      if (!gone.current) setBusy(false);
    }
  };
  return { busy, problem, run };
}

export function Problem({ doing }: { doing: Doing }): JSX.Element | null {
  return doing.problem ? <Warning>{doing.problem}</Warning> : null;
}

/** A change that is not easily undone: the first press asks, the second does it. */
export function Sure({ label, sure, focus, disabled, onSure }: { label: string; sure: string; focus: string; disabled?: boolean; onSure: () => void }): JSX.Element {
  const { say } = useTwin();
  const [asked, setAsked] = useState(false);
  if (!asked) return <button class="button small-text" type="button" data-focus={focus} disabled={disabled} onClick={() => setAsked(true)}>{label}</button>;
  return <span class="sure" role="group" aria-label={sure} onKeyDown={(event) => { if (event.key === "Escape") { event.stopPropagation(); setAsked(false); } }}><span class="note">{sure}</span>
    <button class="button small-text danger" type="button" data-focus={`${focus} sure`} ref={(button) => button?.focus()} disabled={disabled} onClick={() => { setAsked(false); onSure(); }}>{label}</button>
    <button class="button small-text quiet" type="button" onClick={() => setAsked(false)}>{say("sign_in_cancel")}</button></span>;
}

export function Bar({ done, total, label }: { done: number; total: number; label: string }): JSX.Element {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return <span class="desk-bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(share * 100)}><span style={{ width: `${share * 100}%` }} /></span>;
}

/** One tab stop, arrows go on: as tabs are expected to work. */
export function Tabs<T extends string>({ names, chosen, choose, word, label }: { names: readonly T[]; chosen: T; choose: (name: T) => void; word: (name: T) => Word; label: string }): JSX.Element {
  const { say } = useTwin();
  const key = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = names[(names.indexOf(chosen) + by + names.length) % names.length] as T;
    event.preventDefault();
    choose(next);
    event.currentTarget.querySelector<HTMLElement>(`#desk-tab-${next}`)?.focus();
  };
  return <div class="tabs" role="tablist" aria-label={label} onKeyDown={key}>{names.map((name) =>
    <button key={name} type="button" role="tab" id={`desk-tab-${name}`} data-focus={`desk-tab ${name}`} aria-selected={name === chosen} aria-controls="desk-tab-panel" tabIndex={name === chosen ? 0 : -1} onClick={() => choose(name)}>{say(word(name))}</button>)}</div>;
}
