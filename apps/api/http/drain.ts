import { setTimeout as delay } from 'node:timers/promises';

/** Counts the requests under way, so that a process ends only after it has answered them. */
export class Drain {
  private open = 0;
  private closing = false;
  private readonly idle: (() => void)[] = [];

  get isDraining(): boolean {
    return this.closing;
  }

  get underWay(): number {
    return this.open;
  }

  began(): void {
    this.open += 1;
  }

  ended(): void {
    this.open -= 1;
    if (this.open === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** From now on new requests are refused. Resolves once none is under way, or after the bound. */
  async drain(boundMs: number): Promise<void> {
    this.closing = true;
    if (this.open === 0) return;
    const bound = new AbortController();
    const idle = new Promise<void>((resolve) => this.idle.push(resolve));
    await Promise.race([idle, delay(boundMs, undefined, { signal: bound.signal }).catch(() => undefined)]);
    bound.abort();
  }
}
