/** The left panel: the city at a glance, or the model that is open. */

import type { JSX } from "preact";

import { useTwin } from "../ui/twin";
import { ClashList } from "./clash-list";
import { ModelView } from "./model";
import { Overview } from "./overview";

export function ListPanel(): JSX.Element {
  const { store, state, say } = useTwin();
  const model = store.cache.model(state.project, state.model);
  return <aside class="panel list-panel" id="list" hidden={!state.listOpen} aria-label={say("projects")}>
    {state.clashes ? <ClashList /> : model ? <ModelView model={model} /> : <Overview />}
  </aside>;
}
