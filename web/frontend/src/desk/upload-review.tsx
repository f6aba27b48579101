/** A file that was examined: where it would stand, what of it is drawn, what it changes; and what becomes of it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";

import { change } from "../api";
import { may } from "../identity";
import { StateMark } from "../panels/model-facts";
import { Icon, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import { className } from "../words/classes";
import type { Word } from "../words/dictionary";
import { count, degrees, metres, number } from "../words/format";
import type { State } from "../types";
import { useDesk } from "./desk-data";
import { JobBar, stageText } from "./jobs";
import { Problem, Sure, useDoing } from "./parts";
import { footprintOf, insideCity, mayPublish, mayWithdraw, reasonsOf } from "./review";
import { uploadAddress } from "./transfers";
import type { Examined, Placed, Upload } from "./types";

/** Less than so many metres is no move. */
const MOVED = 0.01;
const STATES: readonly State[] = ["drawn", "empty", "skipped", "failed"];

export function UploadReview({ upload, back }: { upload: Upload; back: () => void }): JSX.Element {
  const { store, say } = useTwin();
  const desk = useDesk();
  const { state, job: id } = upload;
  // The list leaves out what of a file is not drawn.
  const examined = desk.take<Upload>(`one ${upload.id}`, uploadAddress(upload.id)).value?.examined ?? upload.examined;
  const job = id ? desk.jobs.get(id) : undefined;
  const footprint = footprintOf(upload);
  const actions = useActions();
  const show = (): void => {
    if (!footprint) return;
    store.update({ footprint });
    actions.flyToBounds(footprint.bounds ?? [footprint.longitude, footprint.latitude, footprint.longitude, footprint.latitude]);
  };
  const published = state === "published";
  useEffect(() => { if (footprint && !published) show(); else store.update({ footprint: null }); }, [upload.id, Boolean(footprint), published]);
  return <>
    <div class="scroll grow" tabIndex={0} data-focus="review">
      <div class="section review-state" role="status"><span class={`desk-state state-${state}`}>{say(`upload_state_${state}` as Word)}</span>
        {["examining", "publishing"].includes(state) && <><JobBar job={job} label={say(`upload_state_${state}` as Word)} /><span class="soft note">{job ? stageText(job, say) : say("job_waiting")}</span></>}</div>
      {upload.refused && <div class="section"><Warning>{upload.refused}</Warning></div>}
      {examined?.georeference && <Place examined={examined} place={examined.georeference} show={footprint ? show : null} />}
      {examined?.ledger && <Ledger examined={examined} />}
      {examined && <ChangesPart examined={examined} />}
      {examined && examined.notices.length > 0 && <Part title="notices">{examined.notices.map((notice) => <p class="soft note" key={notice}>{notice}</p>)}</Part>}
    </div>
    <Ways upload={upload} back={back} />
  </>;
}

function Part({ title, children }: { title: Word; children: ComponentChildren }): JSX.Element {
  const { say } = useTwin();
  return <section class="section" data-part={title}><h3>{say(title)}</h3>{children}</section>;
}

function Place({ examined, place, show }: { examined: Examined; place: Placed; show: (() => void) | null }): JSX.Element {
  const { say, language } = useTwin();
  const inside = insideCity(examined);
  const facts: [Word, string | null][] = [
    ["source", place.source], ["geo_level", `LoGeoRef ${place.lo_geo_ref}`], ["crs", place.crs], ["origin", place.longitude === null || place.latitude === null ? null : `${number(place.longitude, language, 6)}°, ${number(place.latitude, language, 6)}°`],
    ["origin_height", place.orthogonal_height === null ? null : metres(place.orthogonal_height, language)], ["true_north", place.true_north_deg === null ? null : degrees(place.true_north_deg, language)],
  ];
  return <Part title="review_place">
    {inside === true ? <p class="note review-good"><Icon name="check" size={14} />{say("review_inside")}</p> : inside === false ? <Warning>{say("outside_city")}</Warning> : null}
    <dl class="facts">{facts.filter(([, value]) => value).map(([word, value]) => [<dt key={word}>{say(word)}</dt>, <dd key={`${word} value`} class="num">{value}</dd>])}</dl>
    {place.conflicts.map((sentence) => <Warning key={sentence}>{sentence}</Warning>)}
    {place.notices.map((sentence) => <p key={sentence} class="soft note">{sentence}</p>)}
    {place.source === "none" && <p class="soft note">{say("review_nowhere")}</p>}
    {show && <p class="form-buttons review-show"><button class="button small-text" type="button" data-focus="review-show" onClick={show}><Icon name="locate" size={14} />{say("review_show")}</button></p>}
  </Part>;
}

function Ledger({ examined }: { examined: Examined }): JSX.Element {
  const { say, language } = useTwin();
  const { ledger } = examined;
  const reasons = reasonsOf(ledger.items ?? []);
  return <section class="section" data-part="ledger"><h3>{say("ledger")}<span class="soft count">{say("ledger_products", { n: count(ledger.products, language) })}</span></h3>
    <div class="ledger-bar" aria-hidden="true">{STATES.filter((state) => ledger[state] > 0).map((state) => <span key={state} class={`ledger-${state}`} style={{ flexGrow: ledger[state] }} />)}</div>
    <ul class="ledger-states">{STATES.map((state) => <li key={state} data-ledger={state} class={ledger[state] ? "" : "zero"}><StateMark state={state} /><span>{say(state)}</span><b class="num">{count(ledger[state], language)}</b></li>)}</ul>
    {ledger.failed > 0 && <Warning>{say("failed_n", { n: count(ledger.failed, language) })}</Warning>}
    {reasons.length > 0 && <ul class="review-reasons">{reasons.map(({ state, reason, count: n, classes }) => <li key={`${state} ${reason}`}><StateMark state={state} />
      <span class="row-text"><span>{reason || say(state)}</span><span class="soft note">{classes.map((one) => className(one, language)).join(language === "zh" ? "、" : ", ")}</span></span><b class="num">{count(n, language)}</b></li>)}</ul>}
  </section>;
}

function ChangesPart({ examined }: { examined: Examined }): JSX.Element {
  const { say, language } = useTwin();
  const { changes, revision, unchanged, model, moved } = examined;
  const n = (value: number): string => count(value, language);
  return <Part title="review_changes">
    <p>{unchanged ? say("review_unchanged") : say(revision > 1 ? "review_next" : "review_first", { model, n: revision })}</p>
    {changes && !unchanged && <ul class="review-changes num">{(["added", "changed", "removed", "same"] as const).map((kind) => <li key={kind} data-change={kind} class={changes[kind] ? "" : "zero"}><b>{n(changes[kind])}</b><span class="soft">{say(`review_${kind}`)}</span></li>)}</ul>}
    {moved !== null && moved !== undefined && moved > MOVED && <Warning>{say("review_moved", { by: metres(moved, language) })}</Warning>}
  </Part>;
}

function Ways({ upload, back }: { upload: Upload; back: () => void }): JSX.Element | null {
  const { store, state, say, language } = useTwin();
  const desk = useDesk();
  const actions = useActions();
  const doing = useDoing();
  const publish = mayPublish(state.me, upload);
  const withdraw = mayWithdraw(state.me, upload);
  const told = upload.state === "waiting" && !may(state.me, "manager", upload.project);
  const ask = (what: string): Promise<boolean> => doing.run(async () => {
    await change("POST", uploadAddress(upload.id, what), language, {});
    desk.forget();
  });
  if (upload.state === "published") return <div class="desk-foot"><button class="button primary" type="button" data-focus="upload-enter" onClick={() => { store.update({ desk: null, footprint: null, project: upload.project }); actions.flyToProject(upload.project); }}>{say("upload_look")}</button></div>;
  if (!publish && !withdraw && !told) return null;
  return <div class="desk-foot">
    <Problem doing={doing} />
    {told && <p class="soft note">{say("review_wait_manager")}</p>}
    <div class="form-buttons">
      {publish && <button class="button primary" type="button" data-focus="publish" disabled={doing.busy} onClick={() => void ask("publish")}>{say("publish")}</button>}
      {withdraw && <Sure label={say("withdraw")} sure={say("withdraw_sure")} focus="withdraw" disabled={doing.busy} onSure={() => void ask("withdraw").then((done) => { if (done) back(); })} />}
    </div>
  </div>;
}
