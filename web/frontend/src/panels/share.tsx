/** Keep and share: the address of this view, its picture, reports, and the data for other programs. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { layerAddress, ogcAddress, pictureName, reportAddress, sceneAddress, tilesAddress, viewAddress, type Shown } from "../links";
import { isStatic } from "../static";
import { CopyLine } from "../ui/copy";
import { Icon, IconButton, PanelHead } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { date } from "../words/format";

export function SharePanel(): JSX.Element | null {
  const { state } = useTwin();
  return state.shareOpen ? <Share /> : null;
}

function Share(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const { project, model, asOf, knownAt, by } = state;
  const projects = store.cache.projects().value;
  const shown: Shown = { project, model, asOf: asOf ?? projects?.as_of ?? null, knownAt, by, language };
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>("[data-focus=close-share]")?.focus();
    // The panel is still there while it goes: the focus is lost a moment later.
    return () => { requestAnimationFrame(() => { if (document.activeElement === document.body) document.querySelector<HTMLElement>("[data-focus=share]")?.focus(); }); };
  }, []);
  const here = useAddress();
  return <section class="panel share-panel" id="share" aria-label={say("share")} ref={panel}>
    <PanelHead title={say("share")}><IconButton icon="close" label={say("share_close")} focus="close-share" onClick={() => store.update({ shareOpen: false })} /></PanelHead>
    <div class="scroll grow" tabIndex={-1}>
      <div class="section">
        <h3>{say("share_address")}</h3>
        <CopyLine text={viewAddress(here, shown)} name={say("share_address")} focus="copy-address" />
        <p class="soft note">{say("share_address_how")}</p>
        {isStatic() && projects && <p class="soft note">{say("share_copy", { date: date(projects.as_of, language) })}</p>}
        <Picture name={pictureName(projects?.name || say("title"), shown.asOf)} />
      </div>
      <div class="section">
        <h3>{say("share_reports")}</h3>
        <Reports what={say("share_city")} shown={shown} project={null} />
        {project && <Reports what={say("share_project", { code: project })} shown={shown} project={project} />}
      </div>
      <DataLinks shown={shown} />
    </div>
  </section>;
}

/** The address changes as the map moves, which the store does not tell. */
function useAddress(): string {
  const [here, setHere] = useState(location.href);
  useEffect(() => {
    const timer = setInterval(() => setHere(location.href), 300);
    return () => clearInterval(timer);
  }, []);
  return here;
}

function Picture({ name }: { name: string }): JSX.Element {
  const { say } = useTwin();
  const actions = useActions();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const picture = await actions.picture();
      if (picture) download(picture, name);
      else actions.tell(say("share_picture_none"));
    } catch (error) {
      actions.tell(say("share_picture_failed", { detail: (error as Error).message }));
    } finally {
      setBusy(false);
    }
  };
  return <button class="button share-picture" type="button" data-focus="save-picture" disabled={busy} onClick={() => void save()}><Icon name="picture" />{say("share_picture_save")}</button>;
}

function download(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser reads it after the click
}

function Reports({ what, shown, project }: { what: string; shown: Shown; project: string | null }): JSX.Element {
  const { say } = useTwin();
  return <div class="share-row">
    <span class="grow">{what}</span>
    {(["pdf", "xlsx"] as const).map((form) => {
      const label = say("share_report", { what, form: form.toUpperCase() });
      return <a class="button" key={form} download data-focus={`report ${project ?? "city"}.${form}`} href={reportAddress(location.origin, form, shown, project)} aria-label={label} title={label}><Icon name="download" />{form.toUpperCase()}</a>;
    })}
  </div>;
}

function DataLinks({ shown }: { shown: Shown }): JSX.Element {
  const { store, say } = useTwin();
  const layers = store.cache.layers().value?.layers ?? [];
  const [chosen, choose] = useState<string | null>(null);
  const layer = layers.find(({ name }) => name === chosen)?.name ?? layers[0]?.name;
  const { origin } = location;
  return <div class="section">
    <h3>{say("share_data")}</h3>
    <Taken name={say("share_scene")} how={say("share_scene_how")} focus="copy-scene" text={sceneAddress(origin, shown)} />
    <Taken name={say("share_tiles")} how={say("share_tiles_how")} focus="copy-tiles" text={tilesAddress(origin, shown)} />
    {layer !== undefined && <Taken name={say("share_layer", { layer })} how={say("share_layer_how")} focus="copy-layer" text={layerAddress(origin, layer)}>
      {layers.length > 1 && <select data-focus="share-layer" aria-label={say("share_layer_choose")} value={layer} onChange={(event) => choose(event.currentTarget.value)}>{layers.map(({ name }) => <option key={name} value={name}>{name}</option>)}</select>}
    </Taken>}
    {layer !== undefined && !isStatic() && <Taken name={say("share_ogc")} how={say("share_ogc_how")} focus="copy-ogc" text={ogcAddress(origin)} />}
  </div>;
}

function Taken({ name, how, focus, text, children }: { name: string; how: string; focus: string; text: string; children?: JSX.Element | false }): JSX.Element {
  return <div class="taken"><div class="share-row"><span class="grow">{name}</span>{children}</div><CopyLine text={text} name={name} focus={focus} /><p class="soft note">{how}</p></div>;
}
