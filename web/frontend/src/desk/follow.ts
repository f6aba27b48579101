/** How far a job is: told by the server as it goes, asked now and then where it does not tell. */

import { getJson, part, ServerProblem } from "../api";
import type { Language } from "../words/dictionary";
import type { Job } from "./types";

const EVERY = 2000;
/** A browser has few connections to a server: so many of them may stay open. */
const MOST_STREAMS = 2;
let streams = 0;

export const ENDED: readonly string[] = ["done", "failed", "cancelled"];

/** Tell of a job until it has ended; returns how to stop. */
export function follow(id: string, language: Language, told: (job: Job) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | null = null;
  const close = (): void => {
    if (!source) return;
    source.close();
    source = null;
    streams -= 1;
  };
  const tell = (job: Job): void => {
    if (stopped) return;
    if (ENDED.includes(job.state)) {
      stopped = true;
      close();
    }
    told(job);
  };
  const ask = (): void => {
    getJson<Job>(`/api/jobs/${part(id)}`, language).then(tell, (error: Error) => { if (error instanceof ServerProblem && error.status < 500 && error.status !== 429) stopped = true; })
      .finally(() => { if (!stopped) timer = setTimeout(ask, EVERY); });
  };
  if (streams < MOST_STREAMS && typeof EventSource !== "undefined") {
    streams += 1;
    source = new EventSource(`/api/jobs/${part(id)}/events?lang=${language}`);
    for (const kind of ["progress", "end"]) source.addEventListener(kind, (event) => {
      try {
        tell(JSON.parse((event as MessageEvent<string>).data) as Job);
      } catch {
        // half an event: the next one is whole
      }
    });
    // The browser goes on by itself where a stream ended; not where it was refused.
    source.onerror = () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      close();
      if (!stopped) ask();
    };
  } else ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    close();
  };
}
