import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { commandContext } from '../../../test/tell-story.js';
import { startProjector } from '../../projector/start-projector.js';
import { openLedger } from '../ledger.js';
import { runCommand } from '../testing/run-command.js';
import { registerCheckpoints } from './checkpoint.command.js';
import { registerEvidence } from './evidence.command.js';
import { registerVerify } from './verify.command.js';

describe('storyledger verify and evidence', () => {
  let database: TestDatabase;
  let home: string;
  let bundle: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await mkdtemp(join(tmpdir(), 'storyledger-verify-'));
    bundle = join(home, 'evidence.zip');
    vi.stubEnv('DATABASE_URL', database.url);
    vi.stubEnv('STORYLEDGER_HOME', home);
    vi.stubEnv('LOG_LEVEL', 'fatal');
    const ledger = await openLedger({ name: 'projector', makesKey: true });
    const projector = startProjector({ ...ledger, checkpointMs: 60_000 });
    const { position } = await ledger.threads.open(
      {
        slug: 'kim-russia',
        headline: 'Kim goes to Russia',
        desk: 'asia',
        topics: [],
        language: 'en',
        claims: [{ key: 'visit', statement: 'Kim visits Russia', core: true, standing: [] }],
        attributions: [],
      },
      commandContext(),
    );
    expect(await ledger.waiter.waitFor(position ?? -1n, 30_000)).toBe(true);
    await projector.stop();
    await ledger.close();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const run = async (...words: string[]) => {
    const { out, code } = await runCommand([registerVerify, registerEvidence, registerCheckpoints], words);
    return { output: out, code };
  };

  it('finds nothing in a ledger that nobody touched', async () => {
    await run('checkpoint', 'create');
    const { output, code } = await run('verify', '--from-store');
    expect(output).toMatch(
      /^2 events are what was hashed .*, of 2 in the tree\.\n1 signed checkpoints .*\nVERIFIED\.\n$/,
    );
    expect(code).toBe(0);
    expect(JSON.parse((await run('verify', '--json')).output)).toMatchObject({ events: 2, findings: [] });
  });

  it('makes a bundle of a thread, and verifies it', async () => {
    expect((await run('evidence', 'kim-russia', '-o', bundle)).output).toMatch(/2 events up to revision 1/);
    const { output, code } = await run('verify', bundle);
    expect(output).toMatch(/VERIFIED\.\n$/);
    expect(code).toBe(0);
    const damaged = join(home, 'damaged.zip');
    const bytes = await readFile(bundle);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await writeFile(damaged, bytes);
    expect(await run('verify', damaged)).toMatchObject({ code: 1, output: expect.stringMatching(/NOT VERIFIED\.\n$/) });
    const { rows } = await database.appPool.query(
      `SELECT actor_id FROM operations.access_log WHERE action = 'evidence.exported'`,
    );
    expect(rows).toEqual([{ actor_id: 'system:cli' }]);
  });

  it.each([
    [['verify', 'nothing-there'], /There is no file nothing-there/],
    [['verify', 'x', '--from-store'], /a file or --from-store, not both/],
    [['evidence', 'no-such-thread'], /no-such-thread/],
  ])('refuses %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
  });

  it('names what was changed, also against a checkpoint that was kept', async () => {
    const kept = join(home, 'kept.txt');
    await run('checkpoint', 'export', '-o', kept);
    expect((await run('verify', '--against', kept)).code).toBe(0);
    await database.ownerPool.query(`
      ALTER TABLE ledger.events DISABLE TRIGGER ALL;
      UPDATE ledger.events SET data = replace(data::text, 'Russia', 'Prussia')::json WHERE position = 1`);
    const { output, code } = await run('verify', '--against', kept);
    expect(output).toMatch(
      /^CHANGED: The event 1 of the log \(thread-[0-9a-f-]+, revision 1, id [0-9a-f-]+\) was changed/,
    );
    expect(output).toMatch(/NOT VERIFIED\.\n$/);
    expect(code).toBe(1);
  });
});
