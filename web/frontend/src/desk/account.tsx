/** Who is signed in: what they may, their password, their keys, and the way out. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { change } from "../api";
import { may, nameOf } from "../identity";
import { Icon, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";
import type { Me } from "../types";
import type { Word } from "../words/dictionary";
import { Keys } from "./keys";
import { DeskPanel, Problem, useDoing } from "./parts";

export function Account(): JSX.Element {
  const { store, state, say, language } = useTwin();
  const actions = useActions();
  const doing = useDoing();
  const [keys, setKeys] = useState(false);
  const me = state.me;
  const close = (): void => store.update({ accountOpen: false });
  if (!me) return <></>;
  const rights = Object.entries(me.rights);
  const role = (name: string): string => say(`role_${name}` as Word);
  return <DeskPanel id="account" className="account-panel" title={nameOf(me)} note={<span class="mono">{me.name}</span>} from="account" close={close}>
    <div class="scroll grow" tabIndex={-1}>
      <section class="section"><h3>{say("account_role")}</h3>
        {me.role && <p class="pair"><span>{say("account_everywhere")}</span><b>{role(me.role)}</b></p>}
        {rights.map(([project, name]) => <p class="pair" key={project}><span>{project}</span><b>{role(name)}</b></p>)}
        {!me.role && !rights.length && <Warning>{say("account_nowhere")}</Warning>}
      </section>
      {me.has_password && <details class="section fold"><summary data-focus="password">{say("password_change")}</summary><PasswordForm language={language} /></details>}
      <details class="section fold" onToggle={(event) => setKeys(event.currentTarget.open)}><summary data-focus="keys">{say("keys")}</summary>{keys && <Keys own />}</details>
    </div>
    <div class="desk-foot account-ways">
      <Problem doing={doing} />
      {may(me, "manager") && <button class="button" type="button" data-focus="administration" onClick={() => store.update({ accountOpen: false, desk: "administration", footprint: null })}><Icon name="list" />{say(may(me, "administrator") ? "administration" : "administration_publications")}</button>}
      <button class="button" type="button" data-focus="sign-out" disabled={doing.busy} onClick={() => void doing.run(() => actions.signOut())}>{say("sign_out")}</button>
    </div>
  </DeskPanel>;
}

function PasswordForm({ language }: { language: "zh" | "en" }): JSX.Element {
  const { store, state, say } = useTwin();
  const doing = useDoing();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [done, setDone] = useState(false);
  const wrong = again && again !== fresh ? say("password_differs") : "";
  const save = async (): Promise<void> => {
    if (wrong || !old || !fresh || again !== fresh) return;
    if (await doing.run(async () => store.update({ me: await change<Me>("PUT", "/api/me/password", language, { old, new: fresh }) ?? state.me }))) {
      setOld("");
      setFresh("");
      setAgain("");
      setDone(true);
    }
  };
  const field = (word: Word, focus: string, value: string, set: (text: string) => void, complete: "current-password" | "new-password"): JSX.Element => <label><span>{say(word)}</span>
    <input type="password" autocomplete={complete} maxLength={1000} data-focus={focus} value={value} onInput={(event) => { set(event.currentTarget.value); setDone(false); }} /></label>;
  return <form class="form" method="post" onSubmit={(event) => { event.preventDefault(); void save(); }}>
    <input type="text" autocomplete="username" hidden value={state.me?.name ?? ""} readOnly />
    {field("password_old", "password-old", old, setOld, "current-password")}{field("password_new", "password-new", fresh, setFresh, "new-password")}{field("password_again", "password-again", again, setAgain, "new-password")}
    {wrong && <Warning>{wrong}</Warning>}<Problem doing={doing} />
    <div class="form-buttons"><button class="button primary" type="submit" data-focus="password-save" disabled={doing.busy || !old || !fresh || again !== fresh || Boolean(wrong)}>{say("password_save")}</button><span class="soft note" role="status">{done ? say("password_saved") : ""}</span></div>
  </form>;
}
