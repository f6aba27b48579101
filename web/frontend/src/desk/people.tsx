/** People: who has an account, what they may everywhere and in single projects. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { change, part } from "../api";
import { ROLES } from "../identity";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { date } from "../words/format";
import { useDesk } from "./desk-data";
import { Answer, Problem, Sure, useDoing } from "./parts";
import type { User } from "./types";

const address = (name: string, what = ""): string => `/api/users/${part(name)}${what && `/${what}`}`;

export function RoleSelect({ value, focus, label, none, disabled, choose }: { value: string; focus: string; label: string; none?: Word; disabled?: boolean; choose: (role: string) => void }): JSX.Element {
  const { say } = useTwin();
  return <select class="role-select" data-focus={focus} aria-label={label} title={label} value={value} disabled={disabled} onChange={(event) => choose(event.currentTarget.value)}>
    {ROLES.filter((role) => role || none).map((role) => <option key={role} value={role}>{role ? say(`role_${role}` as Word) : say(none as Word)}</option>)}</select>;
}

export function People(): JSX.Element {
  const { say } = useTwin();
  const desk = useDesk();
  const [open, setOpen] = useState<string | null>(null);
  const slot = desk.take<{ users: readonly User[] }>("users", "/api/users");
  return <>
    <Answer slot={slot}>{({ users }) => <ul class="desk-list people" aria-label={say("administration_people")}>{users.map((user) => <Person key={user.name} user={user} open={open === user.name} toggle={() => setOpen(open === user.name ? null : user.name)} />)}</ul>}</Answer>
    <NewPerson />
  </>;
}

function Person({ user, open, toggle }: { user: User; open: boolean; toggle: () => void }): JSX.Element {
  const { state, say, language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  const { name, disabled, grants } = user;
  const ask = (method: string, path: string, body?: object): Promise<boolean> => doing.run(async () => { await change(method, path, language, body); desk.forget("users"); });
  const own = name === state.me?.name;
  const projects = Object.entries(grants);
  return <li class={`desk-row person${disabled ? " off" : ""}`} data-person={name}>
    <div class="person-line">
      <button class="row" type="button" data-focus={`person ${name}`} aria-expanded={open} onClick={toggle}><span class="row-text"><b class="desk-name">{user.display_name || name}</b>
        <span class="soft note dots"><span>{name}</span> <span>{say("person_since", { date: date(user.created_at, language) })}</span>{projects.length > 0 && <> <span>{say("person_projects", { n: projects.length })}</span></>}{disabled && <> <span>{say("person_disabled")}</span></>}</span></span></button>
      <RoleSelect value={user.role} focus={`role ${name}`} label={say("person_role_of", { name: user.display_name || name })} none="person_role_none" disabled={doing.busy || own} choose={(role) => void ask("PUT", address(name), { role })} />
    </div>
    <Problem doing={doing} />
    {open && <div class="person-more">
      <h3>{say("person_grants")}</h3>
      {projects.length > 0 && <ul>{projects.map(([project, role]) => <li key={project} class="grant" data-grant={project}><span class="grow">{project}</span>
        <RoleSelect value={role} focus={`grant ${project}`} label={say("person_grant_of", { project })} disabled={doing.busy} choose={(next) => void ask("PUT", address(name, `grants/${part(project)}`), { role: next })} />
        <button class="button small-text" type="button" data-focus={`ungrant ${project}`} disabled={doing.busy} onClick={() => void ask("DELETE", address(name, `grants/${part(project)}`))}>{say("person_ungrant")}</button></li>)}</ul>}
      <NewGrant taken={grants} busy={doing.busy} add={(project, role) => void ask("PUT", address(name, `grants/${part(project)}`), { role })} />
      {user.has_password && <Reset name={name} />}
      {!own && <div class="form-buttons">
        <button class="button small-text" type="button" data-focus={`disable ${name}`} disabled={doing.busy} onClick={() => void ask("PUT", address(name), { disabled: !disabled })}>{say(disabled ? "person_enable" : "person_disable")}</button>
        <Sure label={say("person_remove")} sure={say("person_remove_sure", { name })} focus={`remove ${name}`} disabled={doing.busy} onSure={() => void ask("DELETE", address(name))} /></div>}
    </div>}
  </li>;
}

function NewGrant({ taken, busy, add }: { taken: Readonly<Record<string, string>>; busy: boolean; add: (project: string, role: string) => void }): JSX.Element {
  const { store, say } = useTwin();
  const [project, setProject] = useState("");
  const [role, setRole] = useState("engineer");
  const known = (store.cache.projects().value?.features ?? []).map(({ properties }) => properties).filter(({ code }) => !Object.hasOwn(taken, code));
  return <form class="form grant" onSubmit={(event) => { event.preventDefault(); if (project) { add(project, role); setProject(""); } }}>
    <select data-focus="grant-project" aria-label={say("project")} value={project} onChange={(event) => setProject(event.currentTarget.value)}><option value="">{say("upload_choose_project")}</option>{known.map(({ code, name }) => <option key={code} value={code}>{name && name !== code ? `${code} ${name}` : code}</option>)}</select>
    <RoleSelect value={role} focus="grant-role" label={say("account_role")} choose={setRole} />
    <button class="button small-text" type="submit" data-focus="grant-add" disabled={busy || !project}>{say("person_grant")}</button>
  </form>;
}

function Reset({ name }: { name: string }): JSX.Element {
  const { say, language } = useTwin();
  const doing = useDoing();
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  return <form class="form grant" onSubmit={(event) => { event.preventDefault(); void doing.run(() => change("PUT", address(name), language, { password })).then((was) => { if (was) { setPassword(""); setDone(true); } }); }}>
    <label class="grow"><span>{say("person_reset")}</span><input type="text" autocomplete="off" spellcheck={false} maxLength={1000} data-focus={`reset ${name}`} value={password} onInput={(event) => { setPassword(event.currentTarget.value); setDone(false); }} /></label>
    <button class="button small-text" type="submit" data-focus={`reset-go ${name}`} disabled={doing.busy || !password}>{say("person_reset_go")}</button>
    <span class="soft note" role="status">{done ? say("person_reset_done") : ""}</span><Problem doing={doing} />
  </form>;
}

function NewPerson(): JSX.Element {
  const { state, say, language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  // With single sign-on somebody may have an account and no password.
  const needed = !state.me?.sign_in.oidc;
  const [name, setName] = useState("");
  const [display, setDisplay] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState("");
  const add = async (): Promise<void> => {
    const done = await doing.run(() => change("POST", "/api/users", language, { name: name.trim(), display_name: display.trim() || undefined, role, password: password || undefined }));
    if (!done) return;
    setName("");
    setDisplay("");
    setPassword("");
    setRole("");
    desk.forget("users");
  };
  return <form class="section form new-person" onSubmit={(event) => { event.preventDefault(); if (name.trim() && (password || !needed)) void add(); }}>
    <h3>{say("person_new")}</h3>
    <div class="form-four">
      <label><span>{say("sign_in_name")}</span><input type="text" autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={200} data-focus="new-name" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label><span>{say("person_display")}</span><input type="text" autocomplete="off" maxLength={200} data-focus="new-display" value={display} onInput={(event) => setDisplay(event.currentTarget.value)} /></label>
      <label><span>{say("person_first_password")}</span><input type="text" autocomplete="off" spellcheck={false} maxLength={1000} data-focus="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></label>
      <label><span>{say("person_role_everywhere")}</span><RoleSelect value={role} focus="new-role" label={say("person_role_everywhere")} none="person_role_none" choose={setRole} /></label>
    </div>
    <Problem doing={doing} />
    <div class="form-buttons"><button class="button primary" type="submit" data-focus="new-add" disabled={doing.busy || !name.trim() || (needed && !password)}>{say("person_add")}</button></div>
  </form>;
}
