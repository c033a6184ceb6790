import { PROJECTIONS } from '#read-models';

export type ThingName =
  | 'thread'
  | 'claim'
  | 'attribution'
  | 'source'
  | 'publication'
  | 'event'
  | 'batch'
  | 'key'
  | 'problem'
  | 'projection';

/** The fields of answers that name things. */
const NAMED_BY: Readonly<Record<string, ThingName>> = {
  ...{ threadId: 'thread', slug: 'thread', claimId: 'claim', attributionId: 'attribution', sourceId: 'source' },
  ...{ publicationId: 'publication', batchId: 'batch', keyId: 'key', eventId: 'event' },
};
const MOST = 200;

/** What there is in the API, as far as its answers have told: so that requests get further than `not found`. */
export class Known {
  private readonly things = new Map<ThingName, string[]>([
    ['thread', ['kim-putin-visit']],
    ['claim', ['visit', 'arms', 'eef']],
    ['attribution', ['step-1', 'step-2', 'step-3']],
    ['source', ['tass', 'kremlin', 'kcna', 'nyt']],
    ['problem', ['thread_closed', 'internal']],
    ['projection', PROJECTIONS.map(({ name }) => name)],
  ]);

  /** `spared`: keys that the fuzz itself needs. */
  constructor(private readonly spared: ReadonlySet<string>) {}

  /** The same for the same number and the same things; an id of nothing while there are none. */
  pick(name: ThingName, n: number): string {
    const list = this.things.get(name) ?? [];
    return list[n % Math.max(1, list.length)] ?? '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11';
  }

  learn(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    for (const [field, value] of Object.entries(answer)) {
      const name = NAMED_BY[field];
      if (typeof value === 'string' && name !== undefined && !this.spared.has(value)) this.add(name, value);
      else this.learn(value);
    }
  }

  private add(name: ThingName, value: string): void {
    const list = this.things.get(name) ?? [];
    if (list.length >= MOST || list.includes(value)) return;
    this.things.set(name, [...list, value]);
  }
}
