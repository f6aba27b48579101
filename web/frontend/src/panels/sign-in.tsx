/** Sign in: a dialog that holds the focus until somebody has, or would rather not. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { signOnAddress } from "../identity";
import { sentenceOf } from "../store";
import { IconButton, Warning } from "../ui/parts";
import { useActions, useTwin } from "../ui/twin";

export function SignInPanel(): JSX.Element | null {
  const { state } = useTwin();
  return state.signIn ? <SignIn /> : null;
}

function SignIn(): JSX.Element {
  const { state, say } = useTwin();
  const actions = useActions();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    (dialog.current?.querySelector<HTMLElement>("input") ?? dialog.current?.querySelector<HTMLElement>("a, button"))?.focus();
    return () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); };
  }, []);
  const { password, oidc } = state.me?.sign_in ?? { password: true, oidc: null };
  const address = oidc && signOnAddress(oidc.url, location.origin, location.pathname + location.search, state.language);
  return <dialog class="panel sign-in" ref={dialog} aria-labelledby="sign-in-title" onCancel={(event) => { event.preventDefault(); actions.dismissSignIn(); }} onKeyDown={(event) => event.stopPropagation()}>
    <div class="panel-head"><div class="grow"><h2 id="sign-in-title">{say("sign_in_title")}</h2>{state.signIn === "needed" && <p class="soft">{say("sign_in_needed")}</p>}</div>
      <IconButton icon="close" label={say("sign_in_cancel")} focus="sign-in-cancel" onClick={() => actions.dismissSignIn()} /></div>
    {password && <Password />}
    {password && address && <p class="soft note sign-in-or"><span>{say("sign_in_or")}</span></p>}
    {oidc && address && <div class="section"><a class="button sign-in-wide" data-focus="sign-in-oidc" href={address}>{say("sign_in_with", { name: oidc.name })}</a></div>}
  </dialog>;
}

function Password(): JSX.Element {
  const { say } = useTwin();
  const actions = useActions();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const go = async (): Promise<void> => {
    if (busy) return;
    if (!name.trim() || !password) return setProblem(say("sign_in_missing"));
    setBusy(true);
    setProblem("");
    try {
      await actions.signIn(name.trim(), password);
    } catch (error) {
      setProblem(sentenceOf(error as Error, say));
      setPassword("");
      setBusy(false);
      field.current?.focus();
    }
  };
  return <form class="section form" method="post" onSubmit={(event) => { event.preventDefault(); void go(); }}>
    <label><span>{say("sign_in_name")}</span><input type="text" name="username" autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={200} data-focus="sign-in-name" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
    <label><span>{say("sign_in_password")}</span><input ref={field} type={(shown ? "text" : "password") as "password"} name="password" autocomplete="current-password" maxLength={1000} data-focus="sign-in-password" aria-invalid={problem ? true : undefined} value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></label>
    <label class="check"><input type="checkbox" data-focus="sign-in-show" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} /><span>{say("sign_in_show")}</span></label>
    {problem && <Warning>{problem}</Warning>}
    <button class="button primary sign-in-wide" type="submit" data-focus="sign-in-go" disabled={busy}>{say(busy ? "sign_in_busy" : "sign_in")}</button>
  </form>;
}
