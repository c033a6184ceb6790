const MEMORY_MS = 10_000;

/** Events per second over about the last ten seconds of work; a pause without events is not counted as work. */
export class Rate {
  private last: number | null = null;
  private value: number | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Null until there is something to measure. */
  after(events: number): number | null {
    const now = this.now();
    const elapsed = this.last === null ? null : now - this.last;
    this.last = now;
    if (elapsed === null || elapsed <= 0 || elapsed > MEMORY_MS || events === 0) return this.value;
    const current = (events * 1_000) / elapsed;
    const weight = 1 - Math.exp(-elapsed / MEMORY_MS);
    this.value = this.value === null ? current : this.value + weight * (current - this.value);
    return this.value;
  }
}
