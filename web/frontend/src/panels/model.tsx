/** The left panel while a model is open: its ledger, its place, its parts. */

import type { JSX } from "preact";

import type { Model } from "../types";
import { IconButton } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { bytes, date } from "../words/format";
import { LedgerSection, PlaceSection, ReplacedNote } from "./model-facts";
import { ModelTree } from "./model-tree";

export function ModelView({ model }: { model: Model }): JSX.Element {
  const { store, say, language } = useTwin();
  const actions = useActions();
  const elements = store.cache.sees(model.project, "elements");
  const facts = [model.discipline, model.schema, say("revision", { n: model.revision }), say("imported", { date: date(model.imported_at, language) }), bytes(model.tiles.bytes, language)];
  return <>
    <div class="panel-head">
      <IconButton icon="back" label={say("back")} focus="back" onClick={() => store.update({ model: null })} />
      <div class="grow"><h2 title={model.model}>{model.file}</h2><p class="soft dots">{facts.filter(Boolean).map((fact) => [<span key={fact}>{fact}</span>, " "])}</p></div>
      <IconButton icon="locate" label={say("fly_to_what", { name: model.file })} focus="fly" onClick={() => actions.flyToModel(model)} />
    </div>
    <div class="model-facts scroll"><LedgerSection model={model} /><Switches model={model} /><PlaceSection model={model} /><ReplacedNote model={model.model} /></div>
    {elements && <ModelTree key={model.model} model={model} />}
  </>;
}

/** A switch with its name; `focus` names it for the keyboard and tests. */
export function Switch({ label, focus, on, onChange }: { label: string; focus: string; on: boolean; onChange: (on: boolean) => void }): JSX.Element {
  return <label class="switch">
    <input type="checkbox" role="switch" data-focus={focus} checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    <span class="track" aria-hidden="true" /><span>{label}</span>
  </label>;
}

function Switches({ model }: { model: Model }): JSX.Element {
  const { store, state, say } = useTwin();
  const box = (key: "spaces" | "below", word: "show_spaces" | "show_below"): JSX.Element =>
    <Switch label={say(word)} focus={word} on={state[key].has(model.model)} onChange={(on) => store.toggle(key, model.model, on)} />;
  return <section class="section switches">{model.spaces_tileset && box("spaces", "show_spaces")}{box("below", "show_below")}</section>;
}
