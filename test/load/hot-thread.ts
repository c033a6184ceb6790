import type { Pool } from 'pg';
import { type CommandContext, type NameRegistry, Sources, Threads } from '#application';
import type { EventStore } from '#event-store';
import { newId } from '#platform';
import type { Contender } from './rounds.js';
import { WRITERS } from './workload.js';

/**
 * Commands on one thread that everybody writes to, each writer on a claim of its own. Each round has its own thread: the
 * longest that a newsroom has are of thousands of words, and a few rounds on one would make it one of a million.
 */
export async function hotThread(store: EventStore, names: NameRegistry, owner: Pool): Promise<Contender> {
  const sources = new Sources(store, names);
  const threads = new Threads(store, names, sources);
  const { sourceId } = await sources.register(
    { key: 'wire', name: 'Wire', kind: 'agency', group: 'agency:wire', trustedConduit: true },
    contextOf(),
  );
  const open = async () => {
    const { threadId, standing } = await threads.open(
      {
        slug: `hot-${newId()}`,
        headline: 'A story that everybody follows',
        desk: 'world',
        topics: [],
        language: 'en',
        claims: Array.from({ length: WRITERS }, (_, n) => ({
          key: `claim-${n}`,
          statement: `It happened in place ${n}`,
          core: true,
          standing: [],
        })),
        attributions: [],
      },
      contextOf(),
    );
    return { threadId, claims: [...standing.claims.keys()] };
  };
  let thread = await open();
  return {
    name: 'Storyledger commands',
    async prepare() {
      thread = await open();
    },
    async append(writer) {
      const { threadId, claims } = thread;
      const claim = claims[writer] ?? '';
      const receipt = await threads.record(
        threadId,
        {
          claim,
          key: `wire-${newId()}`,
          stance: 'report',
          speaker: sourceId,
          via: [sourceId],
          onRecord: true,
          vouchedBy: null,
          tentative: false,
          standing: null,
          statedAt: new Date().toISOString(),
          quote: 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.',
          url: 'https://example.org/wire/2023/09/11/kim-russia',
          note: null,
        },
        contextOf(),
      );
      if (!receipt.changed) throw new Error('A new attribution was taken for one that is there.');
    },
    async count() {
      const { rows } = await owner.query<{ n: string }>('SELECT count(*) AS n FROM ledger.events WHERE stream = $1', [
        `thread-${thread.threadId}`,
      ]);
      return Number(rows[0]?.n);
    },
  };
}

function contextOf(): CommandContext {
  const commandId = newId();
  return {
    commandId,
    actor: { id: 'key:bench', name: 'Bench' },
    correlationId: commandId,
    batchId: null,
    now: new Date().toISOString(),
  };
}
