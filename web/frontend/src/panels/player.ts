/** Moves the day: at once where a reader chose it, step by step while days run by. Never faster than the server answers. */

import { pendingRequests } from "../api";
import { addMonths, nextStep } from "../days";
import type { Store } from "../store";

/** Milliseconds that a day of a run stands at least, and that a slow answer is waited for at most. */
const PACE = 700;
const PATIENCE = 15000;

/** The day that is looked at: the chosen one, else the twin's own; "" until it is known. */
export function dayOf(store: Store): string {
  return store.state.asOf ?? store.cache.projects().value?.as_of ?? "";
}

/** A comparison with a month earlier goes along. */
export function moveTo(store: Store, asOf: string): void {
  const { compare } = store.state;
  const before = dayOf(store);
  const along = compare && before && compare === addMonths(before, -1);
  store.update(along ? { asOf, compare: addMonths(asOf, -1) } : { asOf });
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Until everything that was asked about the day has been answered, well or badly. */
export async function answered(store: Store): Promise<void> {
  const end = performance.now() + PATIENCE;
  await Promise.race([Promise.allSettled([store.cache.projects().promise, store.cache.overview().promise]), pause(PATIENCE)]);
  // Colours of models are asked for by what draws them.
  while (pendingRequests() > 0 && performance.now() < end) await pause(30);
}

/** Let the days run by until the last, or until somebody stops them. */
export async function play(store: Store, signal: AbortSignal): Promise<void> {
  const { value } = store.cache.timeline();
  if (value?.first && nextStep(value, dayOf(store)) === null) moveTo(store, value.first);
  while (!signal.aborted) {
    await Promise.all([answered(store), pause(PACE)]);
    if (signal.aborted) return;
    // Nobody runs past days that the server did not answer.
    if (store.cache.projects().error ?? store.cache.overview().error) break;
    const timeline = store.cache.timeline().value;
    const next = timeline ? nextStep(timeline, dayOf(store)) : null;
    if (!next) break;
    moveTo(store, next);
  }
  if (!signal.aborted) store.update({ playing: false });
}

/** A slider asks for more days than a server can answer: of those that came meanwhile only the newest is taken. */
export class Mover {
  private wanted: string | null = null;
  private busy = false;

  constructor(private readonly store: Store) {}

  want(day: string): void {
    this.wanted = day;
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.wanted) {
      const day = this.wanted;
      this.wanted = null;
      moveTo(this.store, day);
      await Promise.race([this.store.cache.projects().promise.catch(() => undefined), pause(PATIENCE)]);
    }
    this.busy = false;
  }
}
