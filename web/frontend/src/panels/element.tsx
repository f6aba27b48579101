/** The right panel: everything that is known of the picked element. */

import type { ComponentChildren, JSX } from "preact";

import { ServerProblem } from "../api";
import { STATES } from "../marks";
import { sentenceOf, type Store } from "../store";
import type { ElementDetails, Value } from "../types";
import { CopyButton } from "../ui/copy";
import { Failed } from "../ui/failed";
import { IconButton, Mark, PanelHead, Skeleton, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { className } from "../words/classes";
import type { Word } from "../words/dictionary";
import { metres, number, quantity } from "../words/format";
import { ClashesOfElement } from "./clash-parts";
import { AroundTheDay, OnTheDay } from "./element-day";

export function ElementPanel(): JSX.Element | null {
  const { store, state, say } = useTwin();
  const { project, element: id } = state;
  if (!project || !id) return null;
  // A link to an element that is not shown to everybody; who looks at the page is known a moment later.
  if (!store.cache.sees(project, "elements")) return state.me && <aside class="panel element-panel" id="element" aria-label={say("element")}><PanelHead title={say("element")} note={<span class="mono">{id}</span>}><CloseButton /></PanelHead><Warning>{say("elements_hidden")}</Warning></aside>;
  const { value, error } = store.cache.element(project, id);
  const missing = error instanceof ServerProblem && error.status === 404;
  return <aside class="panel element-panel" id="element" aria-label={say("element")}>
    {value ? <Head element={value} /> : <PanelHead title={say("element")} note={<span class="mono">{id}</span>}><CloseButton /></PanelHead>}
    {value ? <Body key={id} element={value} /> : error ? (missing ? <Warning>{say("not_found_element", { id })}</Warning> : <Failed>{sentenceOf(error, say)}</Failed>) : <Skeleton label={say("loading")} />}
  </aside>;
}

function CloseButton(): JSX.Element {
  const { store, say } = useTwin();
  return <IconButton icon="close" label={say("close")} focus="close-element" onClick={() => store.update({ element: null })} />;
}

function Head({ element }: { element: ElementDetails }): JSX.Element {
  const { say, language } = useTwin();
  const actions = useActions();
  const kind = className(element.ifc_class, language);
  const name = element.name || kind;
  return <PanelHead kicker={<>{kind}<span class="soft"> {element.ifc_class}</span></>} title={<span title={name}>{name}</span>}>
    {element.state === "drawn" && <IconButton icon="locate" label={say("fly_to_what", { name })} focus="fly-element" onClick={() => actions.flyToElement()} />}
    <CloseButton />
  </PanelHead>;
}

function Body({ element }: { element: ElementDetails }): JSX.Element {
  const { store, say, language } = useTwin();
  const p = element.properties;
  const psets = Object.entries(p.psets ?? {});
  const quantities = Object.entries(p.quantities ?? {});
  const [materials, classifications] = [p.materials ?? [], p.classifications ?? []];
  const nothing = !psets.length && !quantities.length && !materials.length && !classifications.length;
  return <div class="scroll element-body" tabIndex={0} data-focus="element-body">
    <Identity element={element} />
    <OnTheDay element={element} />
    <AroundTheDay element={element} />
    <ClashesOfElement project={element.project} globalId={element.global_id} />
    {quantities.length > 0 && <Part title="quantities">{quantities.map(([set, values]) =>
      <SetTable key={set} name={set} open rows={Object.entries(values).map(([name, q]) => [name, quantity(q.value, q.unit, language)])} />)}</Part>}
    {materials.length > 0 && <Part title="materials"><ul class="plain">{materials.map((m, i) =>
      <li class="pair" key={i}><span>{m.name || say("unnamed")}{m.category ? <span class="soft"> {m.category}</span> : null}</span>
        {m.thickness ? <span class="num soft">{say("thickness", { value: `${number(m.thickness * 1000, language, 1)} mm` })}</span> : null}</li>)}</ul></Part>}
    {classifications.length > 0 && <Part title="classifications"><ul class="plain">{classifications.map((c, i) =>
      <li key={i}><span class="mono">{c.identification ?? ""}</span> {c.name ?? ""}<span class="soft">{c.system ? ` ${c.system}` : ""}</span></li>)}</ul></Part>}
    {psets.length > 0 && <Part title="properties">{psets.map(([set, values], i) =>
      <SetTable key={set} name={set} open={i < 3} rows={Object.entries(values).map(([name, value]) => [name, valueText(value, store)])} />)}</Part>}
    {nothing && <p class="soft section">{say("no_properties")}</p>}
  </div>;
}

function Part({ title, children }: { title: Word; children: ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  return <section class="section"><h3>{say(title)}</h3>{children}</section>;
}

function Identity({ element }: { element: ElementDetails }): JSX.Element {
  const { say, language } = useTwin();
  const { storey, properties: p } = element;
  const facts: [Word, string | null | undefined | false][] = [
    ["storey", storey && say("storey_at", { name: storey.name || say("unnamed"), elevation: metres(storey.elevation, language) })],
    ["type", p.type && (p.type.name || p.type.ifc_class)], ["predefined_type", p.predefined_type], ["object_type", p.object_type], ["tag", p.tag], ["description", p.description],
    ["located", element.path.map((part) => part.name || className(part.ifc_class, language)).join(" › ")],
  ];
  return <section class="section">
    {element.state !== "drawn" && <p class={element.state === "failed" ? "warning" : "soft note"}><Mark kind={element.state} drawing={STATES[element.state]} /><span>{say(element.state)}{language === "zh" ? "：" : ": "}{element.reason ?? say("not_in_view")}</span></p>}
    <dl class="facts">
      <dt>{say("global_id")}</dt><dd class="copy-line"><span class="mono" id="global-id">{element.global_id}</span><CopyButton text={element.global_id} label={say("copy_global_id")} focus="copy" class="button icon-only quiet small" /></dd>
      {facts.map(([word, value]) => value ? [<dt key={word}>{say(word)}</dt>, <dd key={`${word}=`}>{value}</dd>] : null)}
    </dl>
  </section>;
}

function SetTable({ name, rows, open }: { name: string; rows: [string, string][]; open: boolean }): JSX.Element {
  return <details class="fold set" open={open}><summary>{name}</summary>
    <table><tbody>{rows.map(([key, value]) => <tr key={key}><th scope="row">{key}</th><td class="num">{value}</td></tr>)}</tbody></table></details>;
}

function valueText(value: Value, store: Store): string {
  if (value === null || value === "") return store.say("none");
  if (typeof value === "boolean") return store.say(value ? "yes" : "no");
  if (typeof value === "number") return number(value, store.state.language, 6);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((v) => valueText(v, store)).join(store.state.language === "zh" ? "、" : ", ");
  return Object.entries(value).map(([k, v]) => `${k}: ${valueText(v, store)}`).join("; ");
}
