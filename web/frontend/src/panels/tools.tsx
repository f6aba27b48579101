/** Tools for looking into buildings, over the map while there is one in view: measuring and the section. */

import type { JSX } from "preact";

import { NO_MEASURE, resultOf, type Tool } from "../measuring";
import { IconButton, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { SectionDialog } from "./section";

const TOOLS: readonly Tool[] = ["length", "height", "area"];

export function Tools(): JSX.Element | null {
  const { store, state, say } = useTwin();
  const { tool, section, sectionOpen, model, inView } = state;
  if (!model && !inView.length && !tool && !section) return null;
  const choose = (one: Tool): void => store.update({ tool: tool === one ? null : one, sectionOpen: false });
  return <>
    {tool && <MeasureBox tool={tool} />}
    {sectionOpen && <SectionDialog />}
    <div class="control-group" role="toolbar" aria-label={say("tools")} onKeyDown={roam}>
      {TOOLS.map((one) => <IconButton key={one} icon={one} label={say(`tool_${one}`)} focus={`tool ${one}`} aria-pressed={tool === one} onClick={() => choose(one)} />)}
      <IconButton icon="section" label={say("tool_section")} focus="tool section" aria-pressed={Boolean(section)} aria-expanded={sectionOpen} onClick={() => store.update({ sectionOpen: !sectionOpen, tool: null })} />
    </div>
  </>;
}

/** Arrow keys move along a toolbar. */
function roam(event: KeyboardEvent): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (!by || !(event.currentTarget instanceof HTMLElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  buttons[(buttons.indexOf(document.activeElement as HTMLButtonElement) + by + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}

function MeasureBox({ tool }: { tool: Tool }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const { points, done, missed } = state.measure;
  const { main, facts, notes } = resultOf(tool, points, language, say);
  return <div class="panel tool-box" id="measure" role="group" aria-label={say(`tool_${tool}`)}>
    <div class="tool-head"><h3>{say(`measure_${tool}`)}</h3><b class="num measure-value" role="status">{main ?? "—"}</b>
      <IconButton icon="close" label={say("close")} focus="close-measure" onClick={() => store.update({ tool: null })} /></div>
    {!done && <p class="soft note">{say(`measure_${tool}_how`)}</p>}
    {facts.length > 0 && <dl class="facts">{facts.map(([word, value]) => [<dt key={word}>{say(word)}</dt>, <dd key={`${word} value`} class="num">{value}</dd>])}</dl>}
    {missed && <p class="note" role="status">{say("measure_missed")}</p>}
    {notes.map((note) => <Warning key={note}>{note}</Warning>)}
    {done && <button class="button" type="button" data-focus="measure-again" onClick={() => store.update({ measure: NO_MEASURE })}>{say("measure_again")}</button>}
  </div>;
}
