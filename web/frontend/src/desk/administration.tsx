/** For administrators: people, keys, what the public sees, and who did what. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

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
  const { store, say } = useTwin();
  const desk = useDesk();
  const [tab, setTab] = useState<Tab>("people");
  useEffect(() => desk.forget(), []);
  return <DeskPanel id="desk" className="desk-panel wide" title={say("administration")} from="account" close={() => store.update({ desk: null })}>
    <Tabs names={TABS} chosen={tab} choose={setTab} word={(name) => `administration_${name}` as Word} label={say("administration")} />
    <div class="scroll grow" role="tabpanel" id="desk-tab-panel" aria-labelledby={`desk-tab-${tab}`} tabIndex={0}>
      {tab === "people" ? <People /> : tab === "publications" ? <Publications /> : tab === "keys" ? <div class="section"><Keys /></div> : <AuditLog />}
    </div>
  </DeskPanel>;
}
