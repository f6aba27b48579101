/** For administrators: people, keys, what the public sees, and who did what. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { mayEverywhere } from "../identity";
import { useTwin } from "../ui/twin";
import type { Word } from "../words/dictionary";
import { AuditLog } from "./audit-log";
import { useDesk } from "./desk-data";
import { Keys } from "./keys";
import { DeskPanel, Tabs } from "./parts";
import { People } from "./people";
import { Publications } from "./publications";

const TABS = ["people", "publications", "keys", "audit"] as const;
type Tab = (typeof TABS)[number];

export function Administration(): JSX.Element {
  const { store, state, say } = useTwin();
  const desk = useDesk();
  // Managers say what of their projects is public; the rest is for administrators.
  const tabs = mayEverywhere(state.me, "administrator") ? TABS : (["publications"] as const);
  const [tab, setTab] = useState<Tab>(tabs[0]);
  useEffect(() => desk.forget(), []);
  return <DeskPanel id="desk" className="desk-panel wide" title={say(tabs.length > 1 ? "administration" : "administration_publications")} from="account" close={() => store.update({ desk: null })}>
    {tabs.length > 1 && <Tabs<Tab> names={tabs} chosen={tab} choose={setTab} word={(name) => `administration_${name}` as Word} label={say("administration")} />}
    <div class="scroll grow" role={tabs.length > 1 ? "tabpanel" : "region"} id="desk-tab-panel" aria-label={say(`administration_${tab}`)} tabIndex={0}>
      {tab === "people" ? <People /> : tab === "publications" ? <Publications /> : tab === "keys" ? <div class="section"><Keys /></div> : <AuditLog />}
    </div>
  </DeskPanel>;
}
