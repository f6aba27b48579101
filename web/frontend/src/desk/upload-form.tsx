/** What is sent, for which project, and where it stands if the files do not say. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { may, mayEverywhere } from "../identity";
import { Icon, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { useDesk } from "./desk-data";

const OTHER = "\u0000other";
const DISCIPLINES = ["建筑", "结构", "给排水", "暖通", "电气", "幕墙", "景观"];
const KINDS = /\.(ifc|ifczip)$/i;
/** Numbers of a place: as the command line's options name them, and what they may be. */
const PLACE: readonly (readonly [option: "longitude" | "latitude" | "height" | "rotation", word: Word, least: number, most: number])[] = [
  ["longitude", "upload_longitude", -180, 180], ["latitude", "upload_latitude", -90, 90], ["height", "upload_height", -500, 9000], ["rotation", "upload_rotation", -360, 360],
];

type Place = Readonly<Partial<Record<(typeof PLACE)[number][0], string>>>;

/** The options of a place that was typed; a word says what is wrong with it. */
export function optionsOf(place: Place, override: boolean): Record<string, number | boolean> | Word {
  const given = PLACE.filter(([option]) => (place[option] ?? "").trim() !== "");
  if (!given.length) return {};
  if (!(place.longitude ?? "").trim() || !(place.latitude ?? "").trim()) return "upload_place_half";
  const options: Record<string, number | boolean> = {};
  for (const [option, , least, most] of given) {
    const value = Number(place[option]);
    if (!Number.isFinite(value) || value < least || value > most) return "upload_place_wrong";
    options[option] = value;
  }
  return override ? { ...options, override } : options;
}

export function UploadForm(): JSX.Element {
  const { store, state, say } = useTwin();
  const { transfers } = useDesk();
  const { me } = state;
  const known = (store.cache.projects().value?.features ?? []).map(({ properties }) => properties).filter(({ code }) => may(me, "engineer", code));
  const codes = new Set(known.map(({ code }) => code));
  // A project that has no facts yet is none of the city's list.
  for (const code of Object.keys(me?.rights ?? {})) if (may(me, "engineer", code) && !codes.has(code)) known.push({ code, name: code } as (typeof known)[number]);
  const [project, setProject] = useState(state.project && may(me, "engineer", state.project) ? state.project : "");
  const [code, setCode] = useState("");
  const [discipline, setDiscipline] = useState("");
  const [place, setPlace] = useState<Place>({});
  const [override, setOverride] = useState(false);
  const [problem, setProblem] = useState<string>("");
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const chooser = useRef<HTMLSelectElement>(null);
  const take = (files: readonly File[]): void => {
    const into = (project === OTHER ? code : project).trim();
    const options = optionsOf(place, override);
    const strange = files.filter(({ name }) => !KINDS.test(name));
    if (!into) {
      setProblem(say("upload_no_project"));
      chooser.current?.focus();
    } else if (typeof options === "string") setProblem(say(options));
    else {
      setProblem(strange.length ? say("upload_strange", { names: strange.map(({ name }) => name).join(", ") }) : "");
      const fine = files.filter(({ name }) => KINDS.test(name));
      if (fine.length) transfers.add(fine, { project: into, discipline: discipline.trim(), options });
    }
    if (input.current) input.current.value = "";
  };
  return <form class="section form upload-form" onSubmit={(event) => event.preventDefault()}>
    <div class="form-pair">
      <label><span>{say("project")}</span><select ref={chooser} data-focus="upload-project" value={project} onChange={(event) => { setProject(event.currentTarget.value); setProblem(""); }}>
        <option value="">{say("upload_choose_project")}</option>
        {known.map((one) => <option key={one.code} value={one.code}>{one.name && one.name !== one.code ? `${one.code} ${one.name}` : one.code}</option>)}
        {mayEverywhere(me, "engineer") && <option value={OTHER}>{say("upload_new_project")}</option>}</select></label>
      <label><span>{say("upload_discipline")}</span><input type="text" list="upload-disciplines" maxLength={200} autocomplete="off" data-focus="upload-discipline" value={discipline} onInput={(event) => setDiscipline(event.currentTarget.value)} /></label>
      <datalist id="upload-disciplines">{DISCIPLINES.map((one) => <option key={one} value={one} />)}</datalist>
    </div>
    {project === OTHER && <label><span>{say("upload_code")}</span><input type="text" maxLength={200} autocomplete="off" data-focus="upload-code" value={code} onInput={(event) => setCode(event.currentTarget.value)} /></label>}
    <details class="fold"><summary data-focus="upload-place">{say("upload_place")}</summary>
      <p class="soft note">{say("upload_place_how")}</p>
      <div class="form-pair">{PLACE.map(([option, word]) => <label key={option}><span>{say(word)}</span><input type="text" inputMode="decimal" autocomplete="off" data-focus={`upload-${option}`} value={place[option] ?? ""} onInput={(event) => setPlace({ ...place, [option]: event.currentTarget.value })} /></label>)}</div>
      <label class="check"><input type="checkbox" data-focus="upload-override" checked={override} onChange={(event) => setOverride(event.currentTarget.checked)} /><span>{say("upload_override")}</span></label>
    </details>
    <div class={`drop${over ? " over" : ""}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(event) => { event.preventDefault(); setOver(false); take([...(event.dataTransfer?.files ?? [])]); }}>
      <Icon name="upload" size={20} />
      <button class="button primary" type="button" data-focus="upload-choose" onClick={() => input.current?.click()}>{say("upload_choose")}</button>
      <span class="soft note">{say("upload_or_drop")}</span>
      <input ref={input} type="file" multiple accept=".ifc,.ifczip" hidden aria-label={say("upload_choose")} onChange={(event) => take([...(event.currentTarget.files ?? [])])} />
    </div>
    {problem && <Warning>{problem}</Warning>}
  </form>;
}
