/** What is decided of a clash, or of its whole group: status, assignee, due date, a comment; by whom. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { author, rememberAuthor } from "../author";
import { clashApi } from "../clash-api";
import { BY_HAND, changeOf, valuesOf, type Draft } from "../clashes";
import { CLASHES, sentenceOf } from "../store";
import type { ClashDetails } from "../types";
import { Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { count } from "../words/format";

const EMPTY: Draft = { comment: "" };

export function ClashForm({ clash }: { clash: ClashDetails }): JSX.Element {
  const { store, state, say, language } = useTwin();
  // Who signed in is named by the server.
  const known = state.me?.users === true;
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [all, setAll] = useState(false);
  const [name, setName] = useState(author);
  const [problem, setProblem] = useState("");
  const [stage, setStage] = useState<"open" | "saving" | "saved">("open");
  const named = useRef<HTMLInputElement>(null);
  const listed = store.cache.clashes(clash.project).value?.clashes ?? [];
  const members = listed.filter(({ group }) => group === clash.group).length;
  const change = changeOf(clash, draft, all);
  const edit = (patch: Partial<Draft>): void => { setDraft({ ...draft, ...patch }); setStage("open"); };
  const save = async (): Promise<void> => {
    const by = known ? "" : name.trim();
    if (!change || stage === "saving") return;
    if (!by && !known) {
      setProblem(say("clash_author_missing"));
      named.current?.focus();
      return;
    }
    if (by) rememberAuthor(by);
    setProblem("");
    setStage("saving");
    try {
      if (all) await clashApi.changeGroup(clash.group, { ...change, ...(by ? { by } : {}) }, language);
      else await clashApi.change(clash.id, { ...change, ...(by ? { by } : {}) }, language);
      setDraft(EMPTY);
      setStage("saved");
      store.forget(CLASHES);
    } catch (error) {
      setProblem(sentenceOf(error as Error, say));
      setStage("open");
    }
  };
  const byHand = BY_HAND.some((status) => status === clash.status);
  return <form class="clash-form" onSubmit={(event) => { event.preventDefault(); void save(); }}>
    <label><span>{say("clash_set_status")}</span><select data-focus="set-status" value={draft.status ?? clash.status} onChange={(event) => edit({ status: event.currentTarget.value as Draft["status"] & string })}>
      {!byHand && <option value={clash.status} disabled>{say(`clash_status_${clash.status}`)}</option>}
      {BY_HAND.map((status) => <option key={status} value={status}>{say(`clash_status_${status}`)}</option>)}</select></label>
    <label><span>{say("clash_set_assignee")}</span><input type="text" maxLength={200} list="clash-people" autocomplete="off" data-focus="set-assignee" value={draft.assignee ?? clash.assignee} onInput={(event) => edit({ assignee: event.currentTarget.value })} /></label>
    <datalist id="clash-people">{valuesOf(listed, "assignee").map((person) => <option key={person} value={person} />)}</datalist>
    <label><span>{say("clash_set_due")}</span><input type="date" data-focus="set-due" value={draft.due ?? clash.due_date ?? ""} onInput={(event) => edit({ due: event.currentTarget.value })} /></label>
    <label class="wide"><span>{say("clash_set_comment")}</span><textarea rows={2} maxLength={10_000} data-focus="set-comment" value={draft.comment} onInput={(event) => edit({ comment: event.currentTarget.value })} /></label>
    {!known && <label class="wide"><span>{say("clash_author")}</span><input ref={named} type="text" maxLength={200} autocomplete="name" data-focus="set-author" aria-invalid={problem && !name.trim() ? true : undefined} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>}
    {members > 1 && <fieldset class="wide"><legend>{say("clash_apply")}</legend>{[false, true].map((whole) => <label key={String(whole)} class="clash-scope"><input type="radio" name="clash-scope" checked={all === whole} data-focus={whole ? "apply-group" : "apply-one"} onChange={() => setAll(whole)} />
      <span>{whole ? say("clash_apply_group", { n: count(members, language) }) : say("clash_apply_one")}</span></label>)}</fieldset>}
    {problem && <div class="wide"><Warning>{problem}</Warning></div>}
    <div class="wide clash-save"><button class="button primary" type="submit" data-focus="clash-save" disabled={!change || stage === "saving"}>{say(stage === "saving" ? "clash_saving" : "clash_save")}</button><span class="soft note" role="status">{stage === "saved" ? say("clash_saved") : ""}</span></div>
  </form>;
}
