import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadModelQueries } from '#read-models';
import { EncodedAnswer } from './encoded-answer.js';
import { KnownAnswers } from './known-answers.js';

/** Tables of one number a key. What is found at one time is told at another, when the test says so. */
class Tables {
  private generationNow = 1;
  private readonly values = new Map<string, number>();
  readonly told: (() => void)[] = [];
  reads = 0;
  readonly known = new KnownAnswers(
    Object.assign(Object.create(ReadModelQueries.prototype) as ReadModelQueries, {
      generation: () => this.later(() => this.generationNow),
    }),
  );

  change(key: string): void {
    this.values.set(key, this.of(key) + 1);
    this.generationNow += 1;
  }

  of(key: string): number {
    return this.values.get(key) ?? 0;
  }

  async ask(key: string): Promise<number> {
    const answer = await this.known.of(key, async (before) => {
      this.reads += 1;
      const value = await this.later(() => this.of(key));
      return before?.version === `${value}` ? before : EncodedAnswer.of(value, { version: `${value}` });
    });
    return Number(answer?.bytes.toString());
  }

  async settle<T>(result: Promise<T>): Promise<T> {
    let done = false;
    const end = () => {
      done = true;
    };
    result.then(end, end);
    while (!done) {
      for (const tell of this.told.splice(0)) tell();
      await turn();
    }
    return result;
  }

  private later<T>(find: () => T): Promise<T> {
    const found = find();
    return new Promise((resolve) => this.told.push(() => resolve(found)));
  }
}

describe('an answer that is known', () => {
  it('is read once for as long as nothing changes, and again when something has', async () => {
    const tables = new Tables();
    for (let n = 0; n < 5; n++) expect(await tables.settle(tables.ask('a'))).toBe(0);
    expect(tables.reads).toBe(1);
    tables.change('b');
    expect(await tables.settle(tables.ask('a'))).toBe(0);
    tables.change('a');
    expect(await tables.settle(tables.ask('a'))).toBe(1);
    expect(tables.reads).toBe(3);
  });

  it('is read once for all who ask at a time', async () => {
    const tables = new Tables();
    expect(await tables.settle(Promise.all(Array.from({ length: 20 }, () => tables.ask('a'))))).toEqual(
      Array.from({ length: 20 }, () => 0),
    );
    expect(tables.reads).toBe(1);
  });

  it('is not taken from a reading that began before a change', async () => {
    const tables = new Tables();
    const early = tables.ask('a');
    tables.told.shift()?.();
    await expect.poll(() => tables.told.length, { interval: 1 }).toBe(1);
    const [tellEarly] = tables.told.splice(0);
    tables.change('a');
    expect(await tables.settle(tables.ask('a'))).toBe(1);
    tellEarly?.();
    expect(await tables.settle(early)).toBe(0);
    expect(await tables.settle(tables.ask('a'))).toBe(1);
  });

  it('is as fresh as one that is read after the question, whatever changes and comes late meanwhile', async () => {
    const key = fc.constantFrom('a', 'a', 'a', 'b');
    const step = fc.oneof(
      fc.record({ do: fc.constant('ask' as const), key }),
      fc.record({ do: fc.constant('change' as const), key }),
      fc.record({ do: fc.constant('tell' as const), at: fc.nat(5) }),
      fc.record({ do: fc.constant('turn' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80 }), async (story) => {
        const tables = new Tables();
        const asked: Promise<{ readonly before: number; readonly found: number }>[] = [];
        for (const step of story) {
          if (step.do === 'change') tables.change(step.key);
          else if (step.do === 'turn') await turn();
          else if (step.do === 'tell') tables.told.splice(step.at, 1)[0]?.();
          else {
            const before = tables.of(step.key);
            asked.push(tables.ask(step.key).then((found) => ({ before, found })));
          }
        }
        for (const { before, found } of await tables.settle(Promise.all(asked))) {
          expect(found).toBeGreaterThanOrEqual(before);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is forgotten when there is none any more, and not kept when it cannot be read', async () => {
    const tables = new Tables();
    await tables.settle(tables.ask('a'));
    tables.change('a');
    expect(await tables.settle(tables.known.of('a', async () => null))).toBeNull();
    expect(tables.known.size).toBe(0);
    const failing = tables.known.of('a', () => Promise.reject(new Error('the database is away')));
    await expect(tables.settle(failing)).rejects.toThrow('away');
    expect(await tables.settle(tables.ask('a'))).toBe(1);
  });

  it('takes a bounded part of the memory', async () => {
    const tables = new Tables();
    const large = (bytes: number) => async () => EncodedAnswer.of('x'.repeat(bytes));
    await tables.settle(tables.known.of('one that is too large', large(2 * 1024 * 1024)));
    expect(tables.known.size).toBe(0);
    let most = 0;
    for (let n = 0; n < 100; n++) {
      await tables.settle(tables.known.of(`answer ${n}`, large(1_000_000)));
      most = Math.max(most, tables.known.size);
    }
    expect(most).toBeGreaterThan(30_000_000);
    expect(most).toBeLessThanOrEqual(32 * 1024 * 1024);
  });
});
