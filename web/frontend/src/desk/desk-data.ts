/** What the panels for work know: one answer per question, forgotten when something changes; jobs are followed. */

import { getJson } from "../api";
import type { Actions } from "../actions";
import type { Store } from "../store";
import { useActions, useTwin } from "../ui/twin";
import { ENDED, follow } from "./follow";
import { ENDPOINT, Transfers } from "./transfers";
import type { Job, Upload } from "./types";

const DESK = "desk ";
/** States of an upload in which a job is at work on it. */
const AT_WORK = ["examining", "publishing"];

export class DeskData {
  readonly transfers: Transfers;
  /** Jobs as they were last told of. */
  readonly jobs = new Map<string, Job>();
  private readonly following = new Map<string, () => void>();

  constructor(private readonly store: Store, private readonly actions: Actions) {
    this.transfers = new Transfers(store, () => this.forget());
  }

  /** Ask anew, of all or of what begins so. */
  forget(what = ""): void {
    this.store.forget(DESK + what);
  }

  take<T>(what: string, path: string): { value?: T; error?: Error } {
    return this.store.cache.take<T>(DESK + what, (language) => getJson<T>(path, language));
  }

  uploads(): { value?: { uploads: readonly Upload[] }; error?: Error } {
    const slot = this.take<{ uploads: readonly Upload[] }>("uploads", ENDPOINT);
    for (const upload of slot.value?.uploads ?? []) if (upload.job && AT_WORK.includes(upload.state)) this.follow(upload.job, upload.state === "publishing");
    return slot;
  }

  allJobs(): { value?: { jobs: readonly Job[] }; error?: Error } {
    const slot = this.take<{ jobs: readonly Job[] }>("jobs", "/api/jobs");
    for (const job of slot.value?.jobs ?? []) if (!ENDED.includes(job.state)) this.follow(job.id, job.kind === "import");
    return slot;
  }

  /** `city`: what comes of it is seen on the map. */
  follow(id: string, city = false): void {
    if (this.following.has(id)) return;
    const known = this.jobs.get(id);
    if (known && ENDED.includes(known.state)) return;
    this.following.set(id, follow(id, this.store.state.language, (job) => {
      this.jobs.set(id, { ...this.jobs.get(id), ...job });
      if (!ENDED.includes(job.state)) return this.store.tell(new Set(["data"]));
      this.following.delete(id);
      this.forget();
      if (city && job.state === "done") void this.actions.cityChanged();
    }));
  }

  /** It was tried again: what was known of its end is old. */
  anew(id: string): void {
    this.jobs.delete(id);
    this.following.get(id)?.();
    this.following.delete(id);
    this.forget();
  }
}

let data: DeskData | null = null;

export function useDesk(): DeskData {
  const { store } = useTwin();
  const actions = useActions();
  return (data ??= new DeskData(store, actions));
}
