import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTIONS, rebuild } from '#read-models';
import { rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

const pathOf = (name: string) => fileURLToPath(new URL(`../faults/${name}`, import.meta.url));

describe('two projector processes on one database', () => {
  let newsroom: Newsroom;
  let first: ChildProcess;
  let second: ChildProcess;
  let owner: string;
  beforeEach(async () => {
    newsroom = await openNewsroom();
    await tellAndAmend(newsroom, '-0');
    first = start();
    owner = await eventually(async () => (await owners())[0] ?? null);
    await newsroom.settled();
    second = start();
  });
  afterEach(async () => {
    for (const process of [first, second]) process.kill('SIGKILL');
    await newsroom.close();
  });

  it('do not work at the same projections: one stands by', async () => {
    for (let n = 1; n <= 4; n++) await tellAndAmend(newsroom, `-${n}`);
    await newsroom.settled();
    expect(await owners()).toEqual([owner]);
    await expectSameAsRebuilt();
  });

  it('take over from each other when one is killed', async () => {
    await standsBy();
    first.kill('SIGKILL');
    await once(first, 'exit');
    const { rows } = await newsroom.database.ownerPool.query<{ ms: number }>(
      `SELECT max(extract(epoch FROM leased_until - clock_timestamp()) * 1000)::float8 AS ms FROM read_models.checkpoints`,
    );
    // Nothing else has to pass before the other, which looks four times a second, may take them.
    expect(rows[0]?.ms).toBeLessThanOrEqual(3_000);
    await eventually(async () => ((await owners()).some((each) => each !== owner) ? true : null));
    await tellAndAmend(newsroom, '-1');
    await newsroom.settled();
    await expectSameAsRebuilt();
  });

  it('take over from one that is paused in the middle of a batch, which writes nothing when it wakes', async () => {
    await standsBy();
    const holder = await newsroom.database.ownerPool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE read_models.attribution IN SHARE MODE');
      await tellAndAmend(newsroom, '-1');
      await eventually(async () => ((await blocked()) ? true : null));
      first.kill('SIGSTOP');
      await holder.query('COMMIT');
    } finally {
      holder.release();
    }
    // It holds the checkpoints still; the server cuts its connection for standing still.
    await eventually(async () => ((await owners()).every((each) => each !== owner) ? true : null), 60_000);
    await tellAndAmend(newsroom, '-2');
    await newsroom.settled();
    const before = await Promise.all(PROJECTIONS.map((projection) => rowsOf(newsroom, projection)));
    const said: string[] = [];
    first.stderr?.on('data', (chunk) => said.push(String(chunk)));
    first.kill('SIGCONT');
    // Its connection is gone: that it says so shows that it is awake.
    await eventually(async () => (said.length > 0 ? true : null));
    await tellAndAmend(newsroom, '-3');
    await newsroom.settled();
    expect((await owners()).includes(owner)).toBe(false);
    const after = await Promise.all(PROJECTIONS.map((projection) => rowsOf(newsroom, projection)));
    expect(after.map((rows) => rows.length)).not.toEqual(before.map((rows) => rows.length));
    await expectSameAsRebuilt();
  }, 120_000);

  function start(): ChildProcess {
    const args = [pathOf('run-typescript.mjs'), pathOf('projector-process.ts'), newsroom.database.url, '50'];
    return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  }

  /** Of any of the projections. */
  async function owners(): Promise<readonly string[]> {
    const { rows } = await newsroom.database.ownerPool.query<{ owner: string }>(
      'SELECT DISTINCT lease_owner AS owner FROM read_models.checkpoints WHERE lease_owner IS NOT NULL',
    );
    return rows.map((row) => row.owner);
  }

  /** Until both are connected. */
  async function standsBy(): Promise<void> {
    await eventually(async () => {
      const { rows } = await newsroom.database.ownerPool.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'projector-process' AND datname = current_database()
           AND query LIKE '%leased_until%'`,
      );
      return rows.length >= 2 || null;
    });
  }

  async function blocked(): Promise<boolean> {
    const { rows } = await newsroom.database.ownerPool.query(
      `SELECT FROM pg_locks WHERE NOT granted AND relation = 'read_models.attribution'::regclass`,
    );
    return rows.length > 0;
  }

  async function expectSameAsRebuilt(): Promise<void> {
    for (const projection of PROJECTIONS) {
      const live = await rowsOf(newsroom, projection);
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      expect(await rowsOf(newsroom, projection)).toEqual(live);
    }
  }
});
