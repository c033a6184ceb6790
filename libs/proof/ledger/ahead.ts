/** Items that come in batches, taken in other portions. */
export class Ahead<T> {
  private readonly batches: AsyncIterator<readonly T[]>;
  private waiting: readonly T[] = [];

  constructor(batches: AsyncIterable<readonly T[]>) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  /** Fewer only when there are no more. */
  async take(count: number): Promise<readonly T[]> {
    return this.takeWhile((_, taken) => taken < count);
  }

  /** `taken`: how many have been before it. */
  async takeWhile(isWanted: (item: T, taken: number) => boolean): Promise<readonly T[]> {
    const taken: T[] = [];
    for (;;) {
      if (this.waiting.length === 0) {
        const { value, done } = await this.batches.next();
        if (done === true) return taken;
        this.waiting = value;
      }
      const end = this.waiting.findIndex((item, n) => !isWanted(item, taken.length + n));
      taken.push(...this.waiting.slice(0, end < 0 ? undefined : end));
      this.waiting = end < 0 ? [] : this.waiting.slice(end);
      if (end >= 0) return taken;
    }
  }

  async end(): Promise<void> {
    await this.batches.return?.();
  }
}
