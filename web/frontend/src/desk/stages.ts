/** How far a job is as a whole, and what it is at. Pure; the same shares as the command line's bars. */

import type { Word } from "../words/dictionary";
import type { Job } from "./types";

type Stages = Readonly<Record<string, readonly [word: Word, from: number, to: number]>>;

const READING: Stages = {
  receive: ["stage_receive", 0, 0.05], read: ["stage_read", 0.05, 0.1], elements: ["stage_elements", 0.1, 0.35], geometry: ["stage_geometry", 0.35, 0.7], tiles: ["stage_tiles", 0.7, 0.85], store: ["stage_store", 0.85, 1],
};
const CLASHES: Stages = { read: ["stage_read", 0, 0.15], pairs: ["stage_pairs", 0.15, 0.25], solids: ["stage_solids", 0.25, 0.95], store: ["stage_store", 0.95, 1] };

/** The share of all that is done, 0 to 1, and the stage; null where the job does not say. */
export function reached({ kind, state, stage, done, total }: Pick<Job, "kind" | "state" | "stage" | "done" | "total">): { share: number; word: Word | null } {
  if (state === "done") return { share: 1, word: null };
  const stages = kind === "clash" ? CLASHES : READING;
  const known = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (!known || state !== "running") return { share: 0, word: null };
  const [word, from, to] = known;
  return { share: from + (to - from) * (total > 0 ? Math.min(1, done / total) : 0), word };
}
