import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ParkedEvents, PROJECTIONS, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { commandContext } from '../tell-story.js';

const pathOf = (name: string) => fileURLToPath(new URL(`../faults/${name}`, import.meta.url));
const BATCH = 4;
/** Written one after the other in a batch: held, they stop it before its first, between two, and before its last step. */
const HELD = ['thread_board', 'attribution', 'source', 'checkpoints'];

describe('a projector that is killed in the middle of a batch', () => {
  let newsroom: Newsroom;
  let child: ChildProcess | null = null;
  const said: string[] = [];

  beforeAll(async () => {
    newsroom = await openNewsroom();
    await Promise.all(Array.from({ length: 16 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    await mergeAndPart(newsroom);
  });
  afterEach(() => child?.kill('SIGKILL'));
  afterAll(() => newsroom.close());

  it('loses no event and applies none twice', async () => {
    const positions: bigint[] = [];
    for (const table of HELD) {
      await killWhileBlockedOn(table);
      positions.push(await checkpoint());
    }
    // It did get on between the deaths; otherwise this would prove nothing.
    expect(new Set(positions).size).toBeGreaterThan(3);
    child = start();
    await newsroom.settled();
    child.kill('SIGKILL');

    const { rows } = await newsroom.database.ownerPool.query<{ events_applied: string; total: string }>(
      'SELECT events_applied, (SELECT count(*) FROM ledger.events) AS total FROM read_models.checkpoints',
    );
    expect(rows).toHaveLength(PROJECTIONS.length);
    for (const row of rows) expect(row.events_applied).toBe(row.total);
    for (const projection of PROJECTIONS) {
      const live = await rowsOf(newsroom, projection);
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      expect(await rowsOf(newsroom, projection)).toEqual(live);
    }
    expect(said).toEqual([]);
  }, 120_000);

  it('loses nothing that it parks, nor parks it twice', async () => {
    const { ownerPool } = newsroom.database;
    // A fault of the claim projection alone, in the database, where the process that is killed meets it too.
    await ownerPool.query(`
      CREATE FUNCTION read_models.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.statement LIKE 'Hostile%' THEN RAISE EXCEPTION 'hostile words'; END IF; RETURN new; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON read_models.claim FOR EACH ROW EXECUTE FUNCTION read_models.refuse()`);
    for (const n of [4, 5, 6, 7]) {
      const hostile = { statement: `Hostile ${n}`, reason: 'test' };
      await newsroom.threads.rewordClaim(`kim-putin-visit-${n}`, 'visit', hostile, commandContext());
      await tellAndAmend(newsroom, `-beside-${n}`);
      await newsroom.threads.revise(`kim-putin-visit-${n}`, { headline: `Behind ${n}` }, commandContext());
    }
    for (let n = 0; n < 3; n++) await killWhileBlockedOn('parked_events');
    child = start();
    await newsroom.settled();
    child.kill('SIGKILL');
    await once(child, 'exit');

    const { rows } = await ownerPool.query<{ parked_id: string; state: string; attempts: number }>(
      'SELECT parked_id, projection, state, attempts FROM read_models.parked_events ORDER BY stream, position',
    );
    expect(rows).toMatchObject(
      [4, 5, 6, 7].flatMap(() => [
        { projection: 'claim', state: 'parked', attempts: 1 },
        { projection: 'claim', state: 'waiting', attempts: 0 },
      ]),
    );
    await ownerPool.query('DROP FUNCTION read_models.refuse CASCADE');
    const parked = new ParkedEvents({
      pool: newsroom.database.appPool,
      store: newsroom.store,
      record: async () => undefined,
    });
    for (const { parked_id, state } of rows) {
      if (state === 'parked')
        expect(await parked.retry(parked_id, { id: 'system:test', name: 'test' })).toMatchObject({ applied: 2 });
    }
    for (const projection of PROJECTIONS) {
      const live = await rowsOf(newsroom, projection);
      await rebuild({ store: newsroom.store, ownerPool, projection });
      expect(await rowsOf(newsroom, projection)).toEqual(live);
    }
  }, 120_000);

  function start(): ChildProcess {
    const args = [pathOf('run-typescript.mjs'), pathOf('projector-process.ts'), newsroom.database.url, String(BATCH)];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
    started.stderr?.on('data', (chunk) => said.push(String(chunk)));
    return started;
  }

  /** Lets it apply a batch or more first. */
  async function killWhileBlockedOn(table: string): Promise<void> {
    const before = await checkpoint();
    child = start();
    const exited = once(child, 'exit');
    await until(async () => (await checkpoint()) > before, 'it did not apply a batch');
    const holder = await newsroom.database.ownerPool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`LOCK TABLE read_models.${table} IN SHARE MODE`);
      await until(async () => (await blocked(table)) > 0, `it did not come to ${table}`);
      child.kill('SIGKILL');
      await exited;
      await holder.query('COMMIT');
    } finally {
      holder.release();
    }
    // What it held is free once the server has noticed its death.
    await until(async () => (await connections()) === 0, 'its connections did not end');
  }

  async function checkpoint(): Promise<bigint> {
    const { rows } = await newsroom.database.ownerPool.query<{ position: string | null }>(
      'SELECT min(position) AS position FROM read_models.checkpoints',
    );
    return BigInt(rows[0]?.position ?? -1);
  }

  async function blocked(table: string): Promise<number> {
    return count(
      `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'read_models.${table}'::regclass
         AND pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'projector-process')`,
    );
  }

  async function connections(): Promise<number> {
    return count(
      `SELECT count(*) FROM pg_stat_activity
       WHERE application_name = 'projector-process' AND datname = current_database()`,
    );
  }

  async function count(sql: string): Promise<number> {
    const { rows } = await newsroom.database.ownerPool.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  }
});

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Within 30 s ${otherwise}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
