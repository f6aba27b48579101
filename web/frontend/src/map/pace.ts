/** Notices whether this machine draws slowly, from the frames of the moves so far. */

/** Longer frames than this look like stutter, milliseconds. */
const STUTTER = 60;
const REMEMBERED = 12;

export class Pace {
  private last: number | null = null;
  private readonly times: number[] = [];

  /** A frame was drawn while the camera moved. */
  frame(now: number): void {
    if (this.last !== null) this.times.push(now - this.last);
    if (this.times.length > REMEMBERED) this.times.shift();
    this.last = now;
  }

  /** The camera stands still. */
  rest(): void {
    this.last = null;
  }

  get slow(): boolean {
    if (this.times.length < 3) return false;
    const sorted = [...this.times].sort((a, b) => a - b);
    return (sorted[sorted.length >> 1] as number) > STUTTER;
  }
}
