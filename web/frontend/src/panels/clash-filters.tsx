/** What clashes are listed: a select for each way to choose. */

import type { JSX } from "preact";

import { ALL, SEVERITIES, STATUSES, TYPES, valuesOf, type FilterKey } from "../clashes";
import type { ClashJson } from "../types";
import { IconButton } from "../ui/parts";
import { useTwin } from "../ui/twin";

/** clashes: those of which storeys and assignees are offered. */
export function ClashFilters({ clashes }: { clashes: readonly ClashJson[] }): JSX.Element {
  const { store, state, say } = useTwin();
  const filter = state.clashFilter;
  const choose = (key: FilterKey, value: string): void => {
    const { [key]: _, ...rest } = filter;
    store.update({ clashFilter: value ? { ...rest, [key]: value } : rest });
  };
  const options: Readonly<Record<FilterKey, readonly (readonly [value: string, text: string])[]>> = {
    severity: SEVERITIES.map((one) => [one, say(`clash_severity_${one}`)]),
    status: [...STATUSES.map((one) => [one, say(`clash_status_${one}`)] as const), [ALL, say("clash_status_all")]],
    type: TYPES.map((one) => [one, say(`clash_type_${one}`)]),
    storey: own(valuesOf(clashes, "storey"), filter.storey),
    assignee: own(valuesOf(clashes, "assignee"), filter.assignee),
  };
  return <div class="clash-filters" role="group" aria-label={say("clash_filter")}>
    {(Object.keys(options) as FilterKey[]).map((key) => {
      const name = say(`clash_filter_${key}`);
      return <select key={key} data-focus={`filter ${key}`} aria-label={name} title={name} class={filter[key] ? "chosen" : ""} value={filter[key] ?? ""} onChange={(event) => choose(key, event.currentTarget.value)}>
        <option value="">{key === "status" ? say("clash_status_current") : name}</option>
        {options[key].map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>;
    })}
    <IconButton icon="close" label={say("clash_filter_clear")} focus="filter-clear" disabled={!Object.keys(filter).length} class="button icon-only quiet small" onClick={() => store.update({ clashFilter: {} })} />
  </div>;
}

/** A value that was chosen is offered, also when nothing has it any more. */
function own(values: readonly string[], chosen: string | undefined): [string, string][] {
  return (chosen && !values.includes(chosen) ? [...values, chosen] : values).map((value) => [value, value]);
}
