/** Small parts that several panels are made of. */

import { createElement, type ComponentChildren, type ComponentProps, type JSX } from "preact";

import { ICONS } from "../dom";
import { lightLook, type Drawing } from "../marks";
import type { LegendEntry, Light } from "../types";
import { lightName } from "../words/lights";

export function Icon({ name, size = 16 }: { name: keyof typeof ICONS; size?: number }): JSX.Element {
  return <svg class="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
    <path d={ICONS[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
  </svg>;
}

/** A button that is a drawing; `label` is read aloud and shown on hover. `focus` names it for the keyboard and tests. */
export function IconButton({ icon, label, focus, onClick, quiet = true, ...rest }:
  { icon: keyof typeof ICONS; label: string; focus: string; onClick: () => void; quiet?: boolean } & Omit<ComponentProps<"button">, "icon">): JSX.Element {
  return <button class={`button icon-only${quiet ? " quiet" : ""}`} type="button" data-focus={focus} aria-label={label} title={label} onClick={onClick} {...rest}><Icon name={icon} /></button>;
}

/** A mark as `marks.ts` draws it; without a colour it has that of the text. */
export function Mark({ kind, drawing, colour }: { kind: string; drawing: Drawing; colour?: string }): JSX.Element {
  return <span class={`mark mark-${kind}`} style={colour ? { color: colour } : undefined}>
    <svg viewBox="0 0 12 12" aria-hidden="true">{Object.entries(drawing).map(([tag, attributes]) => createElement(tag, { key: tag, ...attributes }))}</svg></span>;
}

/** A light in the colour and the shape that the server's legend gives it; `said`: with its name for those who do not see it. */
export function LightMark({ light, legend, said = false }: { light: Light; legend: readonly LegendEntry[]; said?: boolean }): JSX.Element {
  return <>
    <Mark kind={`light mark-${light}`} {...lightLook(light, legend)} />
    {said && <span class="hidden">{lightName(light, legend)}</span>}
  </>;
}

/** The head of a panel: what it is, and how to close it. */
export function PanelHead({ title, kicker, note, children }: { title: ComponentChildren; kicker?: ComponentChildren; note?: ComponentChildren; children?: ComponentChildren }): JSX.Element {
  return <div class="panel-head"><div class="grow">{kicker && <p class="kind">{kicker}</p>}<h2>{title}</h2>{note && <p class="soft">{note}</p>}</div>{children}</div>;
}

export function Warning({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="warning" role="alert"><Icon name="warn" /><span>{children}</span></p>;
}

export function Skeleton({ label }: { label: string }): JSX.Element {
  return <div class="skeleton" role="status" aria-label={label}><span /><span /><span /><span class="hidden">{label}</span></div>;
}

/** Used (or done) against planned: a bar, and a tick where it should end. Shares of the whole width. */
export function ShareBar({ done, planned, colour }: { done: number | null; planned: number | null; colour?: string }): JSX.Element {
  const width = (share: number): string => `${Math.min(100, Math.max(0, share * 100))}%`;
  return <div class="share-bar" aria-hidden="true">
    {done !== null && <span class="share-done" style={{ width: width(done), ...(colour ? { background: colour } : {}) }} />}
    {planned !== null && <span class="share-planned" style={{ left: width(planned) }} />}
  </div>;
}
