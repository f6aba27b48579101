/** What the public sees: which projects with which facts, which layers of the city. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { change, part } from "../api";
import { may, mayEverywhere } from "../identity";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { count } from "../words/format";
import { useDesk } from "./desk-data";
import { Answer, Problem, useDoing } from "./parts";
import type { Publication } from "./types";

export const FIELDS = ["light", "progress", "funds", "labour", "machinery", "concrete", "steel", "land", "contacts", "elements", "clashes"] as const;
/** What is shown of a project unless more or less is said. */
const USUAL: readonly string[] = ["light", "progress"];

export function Publications(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const desk = useDesk();
  const [text, setText] = useState("");
  // What was public when the panel opened comes first; a row does not jump away when it is ticked.
  const published = useRef<ReadonlySet<string> | null>(null);
  const slot = desk.take<{ publications: readonly Publication[] }>("publications", "/api/publications");
  return <Answer slot={slot}>{({ publications }) => {
    const fields = new Map(publications.filter(({ what }) => what === "project").map((one) => [one.name, one.fields]));
    const layers = new Set(publications.filter(({ what }) => what === "layer").map(({ name }) => name));
    const first = (published.current ??= new Set(fields.keys()));
    const wanted = text.trim().toLowerCase();
    const projects = (store.cache.projects().value?.features ?? []).map(({ properties }) => properties).filter(({ code, name }) => may(state.me, "manager", code) && `${code} ${name}`.toLowerCase().includes(wanted)).sort((a, b) => Number(first.has(b.code)) - Number(first.has(a.code)));
    return <>
      <div class="section publications-head"><p class="soft note grow">{say("publications_how", { n: count(fields.size, language), m: count(layers.size, language) })}</p>
        <a class="button small-text" data-focus="preview" href={`/?lang=${language}&public=1`} target="_blank" rel="noopener">{say("publications_preview")}</a></div>
      <div class="section form"><label><span>{say("publications_find")}</span><input type="search" autocomplete="off" data-focus="publications-find" value={text} onInput={(event) => setText(event.currentTarget.value)} /></label></div>
      <ul class="desk-list publications" aria-label={say("projects")}>{projects.map(({ code, name }) => <ProjectRow key={code} code={code} name={name} fields={fields.get(code)} />)}</ul>
      {mayEverywhere(state.me, "administrator") && <div class="section"><h3>{say("layers")}</h3><LayerRows layers={layers} /></div>}
    </>;
  }}</Answer>;
}

function usePublishing(): { busy: boolean; publish: (what: string, name: string, fields: readonly string[] | "layer" | null) => void; doing: ReturnType<typeof useDoing> } {
  const { language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  const publish = (what: string, name: string, fields: readonly string[] | "layer" | null): void => void doing.run(async () => {
    const path = `/api/publications/${what}/${part(name)}`;
    if (fields) await change("PUT", path, language, fields === "layer" ? {} : { fields });
    else await change("DELETE", path, language);
    desk.forget("publications");
  });
  return { busy: doing.busy, publish, doing };
}

function ProjectRow({ code, name, fields }: { code: string; name: string; fields: readonly string[] | undefined }): JSX.Element {
  const { say } = useTwin();
  const { busy, publish, doing } = usePublishing();
  return <li class="desk-row" data-publication={code}>
    <label class="check publication-name"><input type="checkbox" data-focus={`publish ${code}`} checked={fields !== undefined} disabled={busy} onChange={(event) => publish("project", code, event.currentTarget.checked ? USUAL : null)} /><span><b>{name || code}</b> <span class="soft note">{name && name !== code ? code : ""}</span></span></label>
    {fields && <div class="publication-fields" role="group" aria-label={say("publications_fields", { name: name || code })}>{FIELDS.map((field) => {
      const on = fields.includes(field);
      return <button key={field} class="chip" type="button" data-focus={`field ${code} ${field}`} aria-pressed={on} disabled={busy} onClick={() => publish("project", code, on ? fields.filter((one) => one !== field) : [...fields, field])}>{say(`field_${field}` as Word)}</button>;
    })}</div>}
    <Problem doing={doing} />
  </li>;
}

function LayerRows({ layers }: { layers: ReadonlySet<string> }): JSX.Element {
  const { store, say } = useTwin();
  const { busy, publish, doing } = usePublishing();
  return <><Answer slot={store.cache.layers()}>{({ layers: all }) => all.length ? <ul class="publication-layers">{all.map(({ name }) => <li key={name}><label class="check"><input type="checkbox" data-focus={`publish-layer ${name}`} checked={layers.has(name)} disabled={busy} onChange={(event) => publish("layer", name, event.currentTarget.checked ? "layer" : null)} /><span>{name}</span></label></li>)}</ul>
    : <p class="soft note">{say("layers_none")}</p>}</Answer><Problem doing={doing} /></>;
}
