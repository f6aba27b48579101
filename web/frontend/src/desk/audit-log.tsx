/** Who saw and changed what, newest first. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useTwin } from "../ui/twin";
import { moment } from "../words/moments";
import { useDesk } from "./desk-data";
import { Answer } from "./parts";
import type { Entry } from "./types";

/** Nothing is asked while somebody types, milliseconds. */
const PAUSE = 300;

export function AuditLog(): JSX.Element {
  const { store, say, language } = useTwin();
  const desk = useDesk();
  const [project, setProject] = useState("");
  const [who, setWho] = useState("");
  const [asked, setAsked] = useState("");
  const [before, setBefore] = useState<readonly string[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(who.trim()); setBefore([]); }, PAUSE);
    return () => clearTimeout(timer);
  }, [who]);
  const query = new URLSearchParams({ ...(project ? { project } : {}), ...(asked ? { who: asked } : {}), ...(before.length ? { before: before.at(-1) as string } : {}) });
  const slot = desk.take<{ entries: readonly Entry[]; before: number | null }>(`audit ${query.toString()}`, `/api/audit${query.size ? `?${query.toString()}` : ""}`);
  const projects = (store.cache.projects().value?.features ?? []).map(({ properties }) => properties);
  return <>
    <form class="section form" onSubmit={(event) => event.preventDefault()}><div class="form-pair">
      <label><span>{say("project")}</span><select data-focus="audit-project" value={project} onChange={(event) => { setProject(event.currentTarget.value); setBefore([]); }}><option value="">{say("account_everywhere")}</option>{projects.map(({ code, name }) => <option key={code} value={code}>{name && name !== code ? `${code} ${name}` : code}</option>)}</select></label>
      <label><span>{say("audit_who")}</span><input type="search" autocomplete="off" data-focus="audit-who" value={who} onInput={(event) => setWho(event.currentTarget.value)} /></label></div></form>
    <Answer slot={slot}>{({ entries, before: more }) => entries.length ? <div class="section audit"><table><thead><tr>{(["audit_at", "audit_who", "audit_action", "audit_what", "audit_outcome"] as const).map((word) => <th key={word} scope="col">{say(word)}</th>)}</tr></thead>
      <tbody>{entries.map((entry) => <tr key={entry.id}><td class="num">{moment(entry.at, language)}</td><td>{entry.who || say("audit_public")}<span class="soft note"> {entry.address}</span></td><td class="mono">{entry.action}</td><td>{[entry.project, entry.what].filter(Boolean).join(" · ")}</td><td>{entry.outcome}</td></tr>)}</tbody></table>
      <div class="form-buttons">{before.length > 0 && <button class="button small-text" type="button" data-focus="audit-newer" onClick={() => setBefore(before.slice(0, -1))}>{say("audit_newer")}</button>}
        {more !== null && <button class="button small-text" type="button" data-focus="audit-older" onClick={() => setBefore([...before, String(more)])}>{say("audit_older")}</button>}</div></div>
      : <p class="section soft note">{say("audit_none")}</p>}</Answer>
  </>;
}
