/** Numbers for property tests: the same in every run (mulberry32). */
export class Random {
  constructor(private state = 20260630) {}

  /** 0 ≤ number < 1. */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  one<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)] as T;
  }

  some<T>(items: readonly T[], most: number): T[] {
    return Array.from({ length: this.whole(0, most) }, () => this.one(items));
  }
}
