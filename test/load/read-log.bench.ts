import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';
import { GeneratedLog } from './generated-log.js';
import { inTurn } from './in-turn.js';

/*
 * Reading the whole log through the port, decoded and checked, against what a plain program would do: a page of a thousand
 * after the last position, by pg, until there is none. READ_LOG_EVENTS: of another size.
 */
const EVENTS = Number(process.env['READ_LOG_EVENTS'] ?? 1_000_000);
const ROUNDS = 5;
const PAGE = 1_000;
const GOAL = 1.5;

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(`${cpus().length} cores, Node ${process.version}; ${EVENTS.toLocaleString('en')} events.`);
  const owner = ledger.openOwnerPool();
  try {
    await new GeneratedLog(EVENTS).insert(owner, () => undefined);
    await owner.query('VACUUM ANALYZE ledger.events');
    const { store, pool } = ledger;
    const result = await inTurn(pool, EVENTS, ROUNDS, [
      { name: 'keyset pages by plain pg', run: () => plainPages(pool) },
      {
        name: 'the port, batch by batch',
        run: async () => {
          let read = 0;
          for await (const events of store.readBatches()) read += events.length;
          return read;
        },
      },
      {
        name: 'the port, one by one',
        run: async () => {
          let read = 0;
          for await (const _ of store.readAll()) read += 1;
          return read;
        },
      },
    ]);
    const [, batches = Number.NaN, each = Number.NaN] = result.ratios;
    console.log(`  ratios ${batches.toFixed(2)} and ${each.toFixed(2)}; goal ${GOAL}`);
    await writeFile(join('bench-results', 'read-log.json'), `${JSON.stringify({ EVENTS, ...result }, null, 2)}\n`);
  } finally {
    await owner.end();
  }
}

async function plainPages(pool: Pool): Promise<number> {
  let read = 0;
  for (let after = '-1'; ; ) {
    const { rows } = await pool.query<{ position: string }>(
      'SELECT * FROM ledger.events WHERE position > $1 ORDER BY position LIMIT $2',
      [after, PAGE],
    );
    read += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return read;
    after = last.position;
  }
}
