/** Files on their way to the server: they go on when the panel is closed. */

import { part, send } from "../api";
import type { Store } from "../store";
import { browserMemory, pause, sendFile } from "./tus";

export const ENDPOINT = "/api/uploads";
/** So many files go up at once: more would only share the line. */
const AT_ONCE = 2;

/** What is said of a file beside its name. */
export interface Purpose {
  readonly project: string;
  readonly discipline: string;
  /** Placement, as the server's options name it. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

export interface Transfer {
  readonly number: number;
  readonly file: File;
  readonly purpose: Purpose;
  readonly state: "queued" | "sending" | "failed";
  readonly sent: number;
  /** What keeps it waiting, or what ended it. */
  readonly trouble: Error | null;
}

const abandoned = new Map<number, AbortController>();

export class Transfers {
  list: readonly Transfer[] = [];
  private numbers = 0;

  /** `arrived`: the server has a whole file. */
  constructor(private readonly store: Store, private readonly arrived: () => void) {
    window.addEventListener("beforeunload", (event) => { if (this.list.some(({ state }) => state !== "failed")) event.preventDefault(); });
  }

  add(files: readonly File[], purpose: Purpose): void {
    this.list = [...this.list, ...files.map((file): Transfer => ({ number: ++this.numbers, file, purpose, state: "queued", sent: 0, trouble: null }))];
    this.tell();
  }

  again(number: number): void {
    this.patch(number, { state: "queued", trouble: null });
  }

  /** Give up: the server forgets what arrived. */
  drop(number: number): void {
    const transfer = this.list.find((one) => one.number === number);
    this.list = this.list.filter((one) => one.number !== number);
    abandoned.get(number)?.abort();
    const key = transfer && keyOf(transfer, this.store.state.me?.name ?? "");
    const place = key && browserMemory.get(key);
    if (key && place) {
      browserMemory.set(key, null);
      send("DELETE", place, { "Tus-Resumable": "1.0.0" }).catch(() => undefined).finally(this.arrived);
    }
    this.tell();
  }

  private patch(number: number, change: Partial<Transfer>): void {
    this.list = this.list.map((one) => (one.number === number ? { ...one, ...change } : one));
    this.tell();
  }

  private tell(): void {
    const sending = this.list.filter(({ state }) => state === "sending").length;
    for (const one of this.list.filter(({ state }) => state === "queued").slice(0, Math.max(0, AT_ONCE - sending))) void this.send(one);
    this.store.tell(new Set(["data"]));
  }

  private async send({ number, file, purpose }: Transfer): Promise<void> {
    const stop = new AbortController();
    abandoned.set(number, stop);
    this.list = this.list.map((one) => (one.number === number ? { ...one, state: "sending" } : one));
    const { project, discipline, options } = purpose;
    const metadata = { filename: file.name, project, discipline, options: Object.keys(options).length ? JSON.stringify(options) : "" };
    try {
      await sendFile({
        file, metadata, key: keyOf({ file, purpose }, this.store.state.me?.name ?? ""), memory: browserMemory, signal: stop.signal, endpoint: `${ENDPOINT}?lang=${this.store.state.language}`, ask: send, pause,
        onSent: (sent) => this.patch(number, { sent }), onTrouble: (trouble) => this.patch(number, { trouble }),
      });
      this.list = this.list.filter((one) => one.number !== number);
      this.arrived();
      this.tell();
    } catch (error) {
      if (!stop.signal.aborted) this.patch(number, { state: "failed", trouble: error as Error });
    } finally {
      abandoned.delete(number);
    }
  }
}

export function keyOf({ file, purpose }: Pick<Transfer, "file" | "purpose">, who: string): string {
  return `twin.upload ${JSON.stringify([who, file.name, file.size, file.lastModified, purpose.project, purpose.discipline, purpose.options])}`;
}

export function uploadAddress(id: string, what = ""): string {
  return `${ENDPOINT}/${part(id)}${what && `/${what}`}`;
}
