/** Parts that the panels of clashes share, and what project and element say of theirs. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { ofElement, SEVERITIES } from "../clashes";
import { SEVERITY_DRAWINGS } from "../marks";
import type { ClashJson, Severity } from "../types";
import { Mark } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { severitiesText, sideName, sizeText } from "../words/clash-texts";
import { count } from "../words/format";

/** Of an element so many clashes are listed. */
const MOST = 5;

/** A full, a half or an empty diamond; its name for those who do not see it. */
export function SeverityMark({ severity }: { severity: Severity }): JSX.Element {
  const { say } = useTwin();
  return <><Mark kind={`severity mark-severity-${severity}`} drawing={SEVERITY_DRAWINGS[severity]} /><span class="hidden">{say("clash_severity", { severity: say(`clash_severity_${severity}`) })} </span></>;
}

/** How many of each severity; those that there are. */
export function SeverityCounts({ severities }: { severities: Readonly<Record<string, number>> }): JSX.Element {
  const { say, language } = useTwin();
  return <span class="severity-counts" title={severitiesText(severities, say, language)}>{SEVERITIES.map((one) => severities[one] ? <span key={one} data-severity={one}><SeverityMark severity={one} /><b class="num">{count(severities[one], language)}</b></span> : null)}</span>;
}

/** Type, size and status of a clash in a line. */
export function ClashLine({ clash }: { clash: ClashJson }): JSX.Element {
  const { say, language } = useTwin();
  return <>{[say(`clash_type_${clash.type}`), sizeText(clash, language), clash.storey, say(`clash_status_${clash.status}`), clash.assignee].filter(Boolean).map((text, i) => <span key={i}>{text}</span>)}</>;
}

/** The way from a project to its clashes; nothing where it was never checked. */
export function ClashesOfProject({ code }: { code: string }): JSX.Element | null {
  const { store, say, language } = useTwin();
  const summary = store.cache.sees(code, "clashes") ? store.cache.clashes(code).value?.projects.find((one) => one.code === code) : undefined;
  if (!summary?.last_run) return null;
  return <section class="section clash-way"><button class="button" type="button" data-focus="project-clashes" onClick={() => store.update({ clashes: true, listOpen: true })}>
    <b>{say("clashes_open_n", { n: count(summary.open, language) })}</b>{summary.open ? <SeverityCounts severities={summary.severities} /> : <span class="soft">{say("clashes_none_open")}</span>}
  </button></section>;
}

/** The clashes of an element; nothing where it has none. */
export function ClashesOfElement({ project, globalId }: { project: string; globalId: string }): JSX.Element | null {
  const { store, say, language } = useTwin();
  const known = store.cache.sees(project, "clashes") ? store.cache.clashes(project).value?.clashes : undefined;
  const found = useMemo(() => ofElement(known ?? [], globalId), [known, globalId]);
  if (!found.length) return null;
  return <section class="section clash-of-element"><h3>{say("clash_of_element")}<span class="count num">{count(found.length, language)}</span></h3>
    <ul>{found.slice(0, MOST).map((clash) => {
      const other = clash.a.global_id === globalId ? clash.b : clash.a;
      return <li key={clash.id}><button class="row" type="button" data-focus={`clash ${clash.id}`} onClick={() => store.update({ project: clash.project, clashes: true, clash: clash.id, clashGroup: clash.group, element: null, listOpen: true })}>
        <SeverityMark severity={clash.severity} /><span class="row-text"><b>{sideName(other, language)}</b><span class="soft note dots"><ClashLine clash={clash} /></span></span></button></li>;
    })}</ul>
    {found.length > MOST && <p class="soft note">{say("clash_of_element_more", { n: count(found.length - MOST, language) })}</p>}
  </section>;
}
