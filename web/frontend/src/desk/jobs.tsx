/** Long work of the city: what waits, what is at work, what came of it. */

import type { JSX } from "preact";

import { change, part } from "../api";
import { may } from "../identity";
import type { Store } from "../store";
import { Warning } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { number } from "../words/format";
import { moment } from "../words/moments";
import type { Word } from "../words/dictionary";
import { useDesk } from "./desk-data";
import { ENDED } from "./follow";
import { Answer, Bar, Problem, useDoing } from "./parts";
import { reached } from "./stages";
import type { Job } from "./types";

const KINDS: Readonly<Record<string, Word>> = { import: "job_import", examine: "job_examine", clash: "job_clash" };

/** What a job is at, as far as it says. */
export function stageText(job: Job, say: Store["say"]): string {
  if (job.state === "queued") return say("job_waiting");
  const { word } = reached(job);
  if (!word) return say(`job_state_${job.state}` as Word);
  return job.total > 0 && job.stage !== "receive" ? `${say(word)} ${job.done} / ${job.total}` : say(word);
}

/** A job's progress; an empty bar where it has not begun. */
export function JobBar({ job, label }: { job: Job | undefined; label: string }): JSX.Element {
  return <Bar done={job ? reached(job).share : 0} total={1} label={label} />;
}

export function JobList(): JSX.Element {
  const { say } = useTwin();
  const desk = useDesk();
  return <Answer slot={desk.allJobs()}>{({ jobs }) => jobs.length ? <ul class="desk-list" aria-label={say("uploads_tab_jobs")}>{jobs.map((job) => <JobRow key={job.id} job={{ ...job, ...desk.jobs.get(job.id) }} />)}</ul>
    : <p class="section soft note">{say("jobs_none")}</p>}</Answer>;
}

function JobRow({ job }: { job: Job }): JSX.Element {
  const { state, say, language } = useTwin();
  const desk = useDesk();
  const doing = useDoing();
  const own = job.created_by === state.me?.name && may(state.me, "engineer", job.project);
  const manages = may(state.me, "manager", job.project);
  const allowed = own || manages;
  const ended = ENDED.includes(job.state);
  const file = job.arguments["file"];
  const ask = (what: string): Promise<boolean> => doing.run(async () => {
    await change("POST", `/api/jobs/${part(job.id)}/${what}`, language, {});
    desk.anew(job.id);
  });
  const kind = KINDS[job.kind];
  return <li class="desk-row" data-job={job.id} data-state={job.state}>
    <div class="desk-row-head"><b class="desk-name">{kind ? say(kind) : job.kind}{typeof file === "string" ? ` ${file}` : ""}</b><span class={`desk-state state-${job.state}`}>{say(`job_state_${job.state}` as Word)}</span></div>
    <p class="soft note dots num"><span>{job.project}</span> <span>{moment(job.created_at, language)}</span> <span>{job.created_by || say("none")}</span>{job.attempts > 1 && <> <span>{say("job_attempts", { n: number(job.attempts, language) })}</span></>}</p>
    {!ended && <><JobBar job={job} label={say(`job_state_${job.state}` as Word)} /><p class="soft note">{job.cancel ? say("job_stopping") : stageText(job, say)}</p></>}
    {job.error && <Warning>{job.error}</Warning>}
    <Problem doing={doing} />
    {allowed && <div class="desk-row-foot">
      {!ended && !job.cancel && <button class="button small-text" type="button" data-focus={`cancel ${job.id}`} disabled={doing.busy} onClick={() => void ask("cancel")}>{say("job_cancel")}</button>}
      {["failed", "cancelled"].includes(job.state) && (manages || job.kind !== "import") && <button class="button small-text" type="button" data-focus={`retry ${job.id}`} disabled={doing.busy} onClick={() => void ask("retry")}>{say("job_retry")}</button>}</div>}
  </li>;
}
