import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedLook } from './shared-look.js';

/** Looks at a number that goes up; each look ends when the test says so. */
class Watched {
  now = 0;
  readonly looks: { readonly questions: readonly string[]; end(error?: Error): void }[] = [];
  readonly shared = new SharedLook<string, number>((questions) => {
    const found = this.now;
    return new Promise((resolve, reject) => {
      this.looks.push({ questions, end: (error) => (error === undefined ? resolve(found) : reject(error)) });
    });
  });

  async began(count: number): Promise<void> {
    await expect.poll(() => this.looks.length, { interval: 1 }).toBe(count);
  }
}

describe('a look that is shared', () => {
  it('is one for all who ask in a turn', async () => {
    const watched = new Watched();
    const answers = ['a', 'b', 'a'].map((question) => watched.shared.ask(question));
    await watched.began(1);
    watched.looks[0]?.end();
    expect(await Promise.all(answers)).toEqual([0, 0, 0]);
    expect(watched.looks.map(({ questions }) => questions)).toEqual([['a', 'b', 'a']]);
  });

  it('does not answer who asks while it is under way: the next one does', async () => {
    const watched = new Watched();
    const early = watched.shared.ask('early');
    await watched.began(1);
    watched.now = 1;
    const late = watched.shared.ask('late');
    watched.looks[0]?.end();
    expect(await early).toBe(0);
    await watched.began(2);
    watched.looks[1]?.end();
    expect(await late).toBe(1);
  });

  it('holds up nobody for long when it is slow, and takes three connections at the most', async () => {
    const watched = new Watched();
    const answers: Promise<number>[] = [];
    for (let count = 1; count <= 3; count++) {
      answers.push(watched.shared.ask(`question ${count}`));
      await watched.began(count);
    }
    answers.push(watched.shared.ask('the fourth'), watched.shared.ask('the fifth'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watched.looks.length).toBe(3);
    watched.looks[1]?.end();
    await watched.began(4);
    for (const look of watched.looks) look.end();
    expect(await Promise.all(answers)).toEqual([0, 0, 0, 0, 0]);
  });

  it('fails for all who share it, and for nobody after them', async () => {
    const watched = new Watched();
    const failing = [watched.shared.ask('a'), watched.shared.ask('b')];
    await watched.began(1);
    const waiting = watched.shared.ask('c');
    watched.looks[0]?.end(new Error('the database is away'));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await watched.began(2);
    watched.looks[1]?.end();
    expect(await waiting).toBe(0);
  });

  it('finds what was there when it was asked for, or later, in whatever order looks end', async () => {
    const steps = fc.constantFrom('ask', 'change', 'turn', 'end the first', 'end the last');
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 60 }), async (story) => {
        const watched = new Watched();
        const asked: Promise<{ readonly before: number; readonly found: number }>[] = [];
        const open = () => watched.looks.filter((look) => !ended.has(look));
        const ended = new Set<(typeof watched.looks)[number]>();
        const end = (look: (typeof watched.looks)[number] | undefined) => {
          if (look === undefined) return;
          ended.add(look);
          look.end();
        };
        for (const step of story) {
          if (step === 'change') watched.now += 1;
          else if (step === 'turn') await turn();
          else if (step === 'end the first') end(open().at(0));
          else if (step === 'end the last') end(open().at(-1));
          else {
            const before = watched.now;
            asked.push(watched.shared.ask('what is it now?').then((found) => ({ before, found })));
          }
        }
        const all = Promise.all(asked);
        let done = false;
        void all.then(() => {
          done = true;
        });
        while (!done) {
          for (const look of open()) end(look);
          await turn();
        }
        for (const { before, found } of await all) expect(found).toBeGreaterThanOrEqual(before);
      }),
      { numRuns: 300 },
    );
  });
});
