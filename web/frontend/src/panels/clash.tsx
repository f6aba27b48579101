/** The right panel of a clash: its two elements, how badly they meet, what was said and done, and what is decided now. */

import type { ComponentChildren, JSX } from "preact";

import { ServerProblem } from "../api";
import { may } from "../identity";
import { sentenceOf } from "../store";
import type { ClashDetails, ClashSide } from "../types";
import { Failed } from "../ui/failed";
import { IconButton, PanelHead, Skeleton, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { millimetres, sideName, volumeText } from "../words/clash-texts";
import { className } from "../words/classes";
import { WORD_LIST, type Word } from "../words/dictionary";
import { count, date, number } from "../words/format";
import { ClashForm } from "./clash-form";
import { SeverityMark } from "./clash-parts";

/** Nothing while an element is looked at: its panel stands in the same place. */
export function ClashPanel(): JSX.Element | null {
  const { store, state, say } = useTwin();
  const { clash: id, element } = state;
  if (!id || element) return null;
  const { value, error } = store.cache.clash(id);
  const missing = error instanceof ServerProblem && error.status === 404;
  return <aside class="panel element-panel clash-panel" id="clash" aria-label={say("clash_title")}>
    <Head clash={error ? null : (value ?? null)} />
    {error ? (missing ? <Warning>{say("clash_gone", { id })}</Warning> : <Failed>{sentenceOf(error, say)}</Failed>) : value ? <Body key={id} clash={value} /> : <Skeleton label={say("loading")} />}
  </aside>;
}

function Head({ clash }: { clash: ClashDetails | null }): JSX.Element {
  const { store, say } = useTwin();
  const actions = useActions();
  return <PanelHead title={clash ? <><SeverityMark severity={clash.severity} /> {say(`clash_type_${clash.type}`)}</> : say("clash_title")}
    note={clash && <span class="dots">{[say("clash_severity", { severity: say(`clash_severity_${clash.severity}`) }), say(`clash_status_${clash.status}`), clash.storey].filter(Boolean).map((text, i) => <span key={i}>{text}</span>)}</span>}>
    {clash?.point && <IconButton icon="locate" label={say("clash_fly")} focus="fly-clash" onClick={() => actions.flyToClash()} />}
    <IconButton icon="close" label={say("clash_close")} focus="close-clash" onClick={() => store.update({ clash: null })} />
  </PanelHead>;
}

function Body({ clash }: { clash: ClashDetails }): JSX.Element {
  const { state, say, language } = useTwin();
  return <div class="scroll element-body" tabIndex={0} data-focus="clash-body">
    <section class="section clash-sides"><Side name="a" clash={clash} /><Side name="b" clash={clash} />
      {clash.reason && <p class="note">{say("clash_by_design", { reason: clash.reason })}</p>}
      {clash.element_missing ? <Warning>{say("clash_element_missing")}</Warning> : clash.status === "Unchecked" && <Warning>{say("clash_unchecked")}</Warning>}
      {clash.reopened > 0 && <p class="note">{say("clash_reopened", { n: count(clash.reopened, language) })}</p>}
    </section>
    <Part title="clash_measures"><Measures clash={clash} /></Part>
    {may(state.me, "engineer", clash.project) && <Part title="clash_edit"><ClashForm clash={clash} /></Part>}
    <Part title="clash_comments">{clash.comments.length ? <ul class="clash-comments">{clash.comments.map((comment) => <li key={comment.guid}><p class="soft note num">{comment.by} · {time(comment.at)}</p><p>{comment.text}</p></li>)}</ul> : <p class="soft note">{say("clash_comments_none")}</p>}</Part>
    {clash.matches.length > 0 && <Part title="clash_matches"><ul class="plain">{clash.matches.map((match, i) => <li key={i} class="note">{say("clash_match", { before: sideName(match.before, language), after: sideName(match.after, language), by: said("clash_match_", match.by, say), score: number(match.score, language, 2) })}</li>)}</ul></Part>}
    <Part title="clash_history"><History clash={clash} /></Part>
  </div>;
}

function Part({ title, children }: { title: Word; children: ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  return <section class="section" data-part={title}><h3>{say(title)}</h3>{children}</section>;
}

/** An element in its colour on the map; a press opens it. */
function Side({ name, clash }: { name: "a" | "b"; clash: ClashDetails }): JSX.Element {
  const { store, say, language } = useTwin();
  const side: ClashSide = clash[name];
  const colour = store.cache.clashes(clash.project).value?.colours[name];
  const letter = name.toUpperCase();
  const text = sideName(side, language);
  return <button class="row clash-side" type="button" data-side={name} data-focus={`clash-${name}`} disabled={side.row < 0} title={say("clash_open_element", { name: text })} onClick={() => store.update({ element: side.global_id, feature: null })}>
    <span class="clash-swatch" style={colour ? { borderColor: colour } : undefined} aria-hidden="true">{letter}</span><span class="hidden">{say(`clash_side_${name}`)}</span>
    <span class="row-text"><b>{text}</b><span class="soft note">{side.row < 0 ? say("clash_element_gone") : <>{className(side.ifc_class, language)} {side.ifc_class}</>}</span></span>
  </button>;
}

function Measures({ clash }: { clash: ClashDetails }): JSX.Element {
  const { say, language } = useTwin();
  const overlaps = clash.depth > 0 || clash.volume > 0;
  const facts: [Word, string | false][] = [
    ["clash_depth", overlaps && millimetres(clash.depth, language)], ["clash_volume", overlaps && volumeText(clash.volume, language)],
    ["clash_distance", !overlaps && clash.type !== "workflow" && millimetres(clash.distance, language)], ["clash_method", say(`clash_method_${clash.method}`)],
    ["clash_rule", clash.rule], ["clash_storey", clash.storey], ["clash_first_found", date(clash.first_found, language)], ["clash_last_found", date(clash.last_found, language)],
  ];
  return <>
    <dl class="facts">{facts.map(([word, value]) => value ? [<dt key={word}>{say(word)}</dt>, <dd class="num" key={`${word}=`} data-fact={word}>{value}</dd>] : null)}</dl>
    {clash.method !== "exact_solid" && <Warning>{say("clash_inexact")}</Warning>}
    {clash.factors.length > 0 && <div class="clash-factors"><p class="soft note">{say("clash_factors")}</p><ul class="note">{clash.factors.map((factor) => <li key={factor}>{factor}</li>)}</ul></div>}
  </>;
}

function History({ clash }: { clash: ClashDetails }): JSX.Element {
  const { say } = useTwin();
  const value = (what: string, text: string): string => (what === "status" && text ? said("clash_status_", text, say) : text || say("none"));
  return <ol class="clash-history">{[...clash.history].reverse().map((event, i) => <li key={i} class="note"><span class="soft num">{time(event.at)} {event.by}</span>
    <p>{said("clash_event_", event.what, say)}{(event.before || event.after) && event.what !== "group" && <>: {value(event.what, event.before)} → {value(event.what, event.after)}</>}{event.note && ` · ${event.note}`}</p></li>)}</ol>;
}

/** A word of the dictionary, else the server's own: a newer server may have more kinds. */
function said(prefix: string, name: string, say: ReturnType<typeof useTwin>["say"]): string {
  const word = WORD_LIST.find((known) => known === prefix + name);
  return word ? say(word) : name;
}

/** Day and minute in the reader's time zone. */
function time(iso: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
