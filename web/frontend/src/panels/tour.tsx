/** The first visit: four steps, each a small card beside what it is about. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { IconButton } from "../ui/parts";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";

interface Step {
  readonly title: Word;
  readonly text: Word;
  /** What it points at: the first of these that is on the screen. */
  readonly at: readonly string[];
}

const STEPS: readonly Step[] = [
  { title: "tour_where", text: "tour_where_text", at: ["#list", "[data-focus=list]"] },
  { title: "tour_why", text: "tour_why_text", at: [".project-panel", "#list .project", "[data-focus=list]"] },
  { title: "tour_day", text: "tour_day_text", at: [".day-bar", "#day-bar"] },
  { title: "tour_inside", text: "tour_inside_text", at: ["[data-focus=enter-model]", "[data-focus^='model ']", ".pin", "#map"] },
];
const KEY = "twin.tour";
const GAP = 12;

// Read before the map writes where it stands: a link that somebody sent is not a first visit.
const ADDRESS = new URLSearchParams(location.search);

/** Was it asked for from the help, or is this the first visit, with nothing asked. */
function wanted(): boolean {
  if (ADDRESS.has("tour")) return true;
  try {
    return ADDRESS.size === 0 && localStorage.getItem(KEY) === null;
  } catch {
    return false; // what cannot be remembered would come again at every visit
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, "done");
  } catch {
    // storage may be forbidden: then nothing is remembered
  }
}

export function TourPanel(): JSX.Element | null {
  const { store, state } = useTwin();
  const asked = useRef(false);
  const some = Boolean(store.cache.projects().value?.features.length);
  useEffect(() => {
    if (!some || asked.current) return;
    asked.current = true;
    if (wanted()) store.update({ tour: 0 });
  }, [some]);
  const step = state.tour === null ? undefined : STEPS[state.tour];
  return step ? <Card step={step} index={state.tour ?? 0} /> : null;
}

function Card({ step, index }: { step: Step; index: number }): JSX.Element {
  const { store, say } = useTwin();
  const card = useRef<HTMLElement>(null);
  const target = useTarget(step);
  const close = (): void => {
    remember();
    store.update({ tour: null });
  };
  useEffect(() => {
    // Before the page's own Escape, which would close the panel that the card points at.
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    document.addEventListener("keydown", listen, true);
    return () => document.removeEventListener("keydown", listen, true);
  }, []);
  useEffect(() => card.current?.querySelector<HTMLElement>("[data-focus=tour-next]")?.focus({ preventScroll: true }), [index]);
  const [size, setSize] = useState<{ width: number; height: number }>({ width: 320, height: 180 });
  useLayoutEffect(() => {
    const { offsetWidth: width = 0, offsetHeight: height = 0 } = card.current ?? {};
    if (width !== size.width || height !== size.height) setSize({ width, height });
  });
  const { left, top } = placed(target, size);
  const last = index === STEPS.length - 1;
  return <>
    {target && <div class="tour-ring" aria-hidden="true" style={{ left: `${target.left - 3}px`, top: `${target.top - 3}px`, width: `${target.width + 6}px`, height: `${target.height + 6}px` }} />}
    <section class="panel tour-card" role="dialog" aria-labelledby="tour-title" aria-describedby="tour-text" ref={card} style={{ left: `${left}px`, top: `${top}px` }}>
      <p class="soft note">{say("tour_step", { n: index + 1, all: STEPS.length })}</p>
      <h2 id="tour-title">{say(step.title)}</h2>
      <p id="tour-text">{say(step.text)}</p>
      <div class="tour-buttons">
        {index > 0 && <button class="button" type="button" data-focus="tour-back" onClick={() => store.update({ tour: index - 1 })}>{say("tour_back")}</button>}
        <button class="button primary" type="button" data-focus="tour-next" onClick={() => (last ? close() : store.update({ tour: index + 1 }))}>{say(last ? "tour_done" : "tour_next")}</button>
      </div>
      <IconButton icon="close" label={say("tour_skip")} focus="tour-skip" onClick={close} />
    </section>
  </>;
}

/** Where the step's element is now; panels open, and windows change. */
function useTarget({ at }: Step): DOMRect | null {
  const [found, setFound] = useState<DOMRect | null>(null);
  useLayoutEffect(() => {
    let frame = 0;
    let known = "";
    const look = (): void => {
      const rect = at.map((selector) => document.querySelector(selector)).find((element) => element?.checkVisibility())?.getBoundingClientRect() ?? null;
      const now = rect ? [rect.left, rect.top, rect.width, rect.height].join() : "";
      if (now !== known) setFound(rect);
      known = now;
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [at]);
  return found;
}

/** Beside the element, where there is room, and never off the screen. */
function placed(target: DOMRect | null, { width, height }: { width: number; height: number }): { left: number; top: number } {
  const clamp = (value: number, most: number): number => Math.max(GAP, Math.min(value, most - GAP));
  const middle = { left: (innerWidth - width) / 2, top: (innerHeight - height) / 2 };
  if (!target) return middle;
  const [right, bottom] = [innerWidth - width, innerHeight - height];
  if (target.right + GAP + width < innerWidth) return { left: target.right + GAP, top: clamp(target.top, bottom) };
  if (target.left - GAP - width > 0) return { left: target.left - GAP - width, top: clamp(target.top, bottom) };
  if (target.top - GAP - height > 0) return { left: clamp(target.left + (target.width - width) / 2, right), top: target.top - GAP - height };
  if (target.bottom + GAP + height < innerHeight) return { left: clamp(target.left + (target.width - width) / 2, right), top: target.bottom + GAP };
  return middle;
}
