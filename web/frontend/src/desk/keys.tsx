/** Keys of programs: one's own, or everybody's. A new key is shown once. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { change, part } from "../api";
import { ROLES, rank } from "../identity";
import { CopyLine } from "../ui/copy";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { date } from "../words/format";
import { moment } from "../words/moments";
import { useDesk } from "./desk-data";
import { Answer, Problem, Sure, useDoing } from "./parts";
import type { Token } from "./types";

/** Days that a key may live; 0: until it is taken back. */
const LIVES = [30, 90, 365, 0] as const;

export function Keys({ own = false }: { own?: boolean }): JSX.Element {
  const { state, say, language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  const slot = desk.take<{ tokens: readonly Token[] }>("tokens", "/api/tokens");
  const mine = (token: Token): boolean => token.owner === state.me?.name;
  const revoke = (id: string): void => void doing.run(async () => { await change("DELETE", `/api/tokens/${part(id)}`, language); desk.forget("tokens"); });
  return <div class="keys">
    {own && <p class="soft note">{say("keys_how")}</p>}
    <Answer slot={slot}>{({ tokens }) => {
      const listed = own ? tokens.filter(mine) : tokens;
      return listed.length ? <ul class="keys-list" aria-label={say("keys")}>{listed.map((token) => <li key={token.id} class="desk-row" data-token={token.name}>
        <div class="desk-row-head"><b class="desk-name">{token.name}</b><span class="soft note">{say(`role_${token.role}` as Word)}</span></div>
        <p class="soft note dots num">{!own && <><span>{token.owner}</span> </>}<span>{token.projects ? token.projects.join(", ") : say("account_everywhere")}</span> <span>{token.expires_at ? say("key_until", { date: date(token.expires_at, language) }) : say("key_forever")}</span> <span>{token.last_used_at ? say("key_used", { date: moment(token.last_used_at, language) }) : say("key_unused")}</span></p>
        <div class="desk-row-foot"><Sure label={say("key_revoke")} sure={say("key_revoke_sure")} focus={`revoke ${token.id}`} disabled={doing.busy} onSure={() => revoke(token.id)} /></div></li>)}</ul>
        : <p class="soft note">{say("keys_none")}</p>;
    }}</Answer>
    <Problem doing={doing} />
    {own && <KeyForm />}
  </div>;
}

function KeyForm(): JSX.Element {
  const { state, say, language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  const [name, setName] = useState("");
  const most = Math.max(rank(state.me?.role), ...Object.values(state.me?.rights ?? {}).map(rank));
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState<number>(90);
  const [key, setKey] = useState("");
  const make = (): Promise<boolean> => doing.run(async () => {
    const expires = days ? new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z") : null;
    const made = await change<{ key: string }>("POST", "/api/tokens", language, { name: name.trim(), role, expires_at: expires });
    setKey(made?.key ?? "");
    setName("");
    desk.forget("tokens");
  });
  return <form class="form keys-form" onSubmit={(event) => { event.preventDefault(); if (name.trim()) void make(); }}>
    {key && <div role="status"><p class="note"><b>{say("key_once")}</b></p><CopyLine text={key} name={say("key")} focus="copy-key" /></div>}
    <label><span>{say("key_name")}</span><input type="text" maxLength={200} autocomplete="off" data-focus="key-name" value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
    <div class="form-pair">
      <label><span>{say("key_role")}</span><select data-focus="key-role" value={role} onChange={(event) => setRole(event.currentTarget.value)}>{ROLES.slice(1, most + 1).map((one) => <option key={one} value={one}>{say(`role_${one}` as Word)}</option>)}</select></label>
      <label><span>{say("key_life")}</span><select data-focus="key-life" value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>{LIVES.map((life) => <option key={life} value={life}>{life ? say("key_days", { n: life }) : say("key_forever")}</option>)}</select></label>
    </div>
    <Problem doing={doing} />
    <div class="form-buttons"><button class="button" type="submit" data-focus="key-make" disabled={doing.busy || !name.trim()}>{say("key_make")}</button></div>
  </form>;
}
