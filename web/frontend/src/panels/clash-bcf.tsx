/** BCF: clashes to take to other programs, and what came back from there. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { author } from "../author";
import { clashApi } from "../clash-api";
import { queryOf } from "../clashes";
import { may } from "../identity";
import { CLASHES, sentenceOf } from "../store";
import type { LoadedBcf } from "../types";
import { Icon, Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";

export function ClashBcf({ code }: { code: string }): JSX.Element {
  const { store, state, say, language } = useTwin();
  const [came, setCame] = useState<LoadedBcf | Error | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { severity, storey, assignee } = state.clashFilter;
  const more = [["severity", severity], ["storey", storey], ["assignee", assignee]].flatMap(([key, value]) => (value ? [`&${key}=${encodeURIComponent(value)}`] : [])).join("");
  const address = (version: string): string => `/api/clashes.bcf?project=${encodeURIComponent(code)}&bcf=${version}${queryOf(state.clashFilter)}${more}&lang=${language}`;
  const load = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setBusy(true);
    try {
      setCame(await clashApi.loadBcf(code, file, state.me?.users ? "" : author(), language));
      store.forget(CLASHES);
    } catch (error) {
      setCame(error as Error);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  };
  return <details class="fold clash-bcf" data-focus="clash-bcf"><summary>{say("clash_bcf")}</summary>
    <div class="clash-bcf-ways">
      {["2.1", "3.0"].map((version) => <a key={version} class="button small-text" download="" href={address(version)} data-focus={`bcf ${version}`}><Icon name="download" size={12} />{say("clash_bcf_get", { version })}</a>)}
      {may(state.me, "engineer", code) && <button class="button small-text" type="button" disabled={busy} data-focus="bcf-load" onClick={() => input.current?.click()}>{say("clash_bcf_load")}</button>}
      <input ref={input} type="file" accept=".bcf,.bcfzip" hidden aria-label={say("clash_bcf_load")} onChange={(event) => void load(event.currentTarget.files?.[0])} />
    </div>
    {came instanceof Error ? <Warning>{sentenceOf(came, say)}</Warning> : came && <div role="status"><p class="note">{say("clash_bcf_loaded", { bcf: came.bcf, topics: came.topics, changed: came.changed, comments: came.comments, others: came.other_topics })}</p>
      {came.notices.map((notice) => <p class="soft note" key={notice}>{notice}</p>)}</div>}
  </details>;
}
