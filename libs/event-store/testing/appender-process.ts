import pg from 'pg';
import { PostgresEventStore } from '../postgres/index.js';
import { SeededEvents } from './seeded-events.js';

/** What an appender tells its parent. */
export type AppenderMessage =
  | { readonly kind: 'ready' }
  /** These events are durable. */
  | { readonly kind: 'acknowledged'; readonly stream: string; readonly ids: readonly string[] }
  | { readonly kind: 'done' };

const EVENTS_AN_APPEND = 3;
const AT_ONCE = 8;

/*
 * A process that appends, forked by specs: database URL, seed, count of appends, a stream that it shares with others.
 * It starts when its parent says so.
 */
const [, , url = '', seed = '1', count = '1', shared = ''] = process.argv;
const make = new SeededEvents(Number(seed));
const own = make.threadStream();
const open = (pipeline: boolean) =>
  new pg.Pool({
    connectionString: url,
    max: 2,
    options: '-c role=storyledger_app',
    ...({ pipeline } as pg.PoolConfig),
  });
const store = new PostgresEventStore({ appendPool: open(true), readPool: open(false) });

function tell(message: AppenderMessage): void {
  process.send?.(message);
}

async function appendInTurn(from: number): Promise<void> {
  for (let n = from; n < Number(count); n += AT_ONCE) {
    const stream = n % 2 === 0 ? own : shared;
    const events = make.newEvents(EVENTS_AN_APPEND);
    await store.append(stream, 'any', events);
    tell({ kind: 'acknowledged', stream, ids: events.map(({ id }) => id) });
  }
}

process.once('message', async () => {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, from) => appendInTurn(from)));
  tell({ kind: 'done' });
  await store.close();
  process.disconnect();
});
await store.ping();
tell({ kind: 'ready' });
