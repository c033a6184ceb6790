import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { seedStory } from '../../../test/seed-story.js';
import { commandContext } from '../../../test/tell-story.js';
import { runCommand } from '../testing/run-command.js';
import { registerProjections } from './projections.command.js';

describe('storyledger projections parked', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    vi.stubEnv('DATABASE_URL', newsroom.database.url);
    vi.stubEnv('LOG_LEVEL', 'fatal');
    await newsroom.database.ownerPool.query(`
      CREATE FUNCTION read_models.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no board today'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON read_models.thread_board FOR EACH ROW EXECUTE FUNCTION read_models.refuse()`);
    newsroom.startProjector();
    for (const slug of ['one', 'two']) {
      await newsroom.threads.open({ ...seedStory.thread, slug, claims: [], attributions: [] }, commandContext());
    }
    await newsroom.settled();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await newsroom.close();
  });

  /** What the command prints to standard output. */
  const run = async (...words: string[]) => (await runCommand([registerProjections], ['projections', ...words])).out;

  it('tells in the status and the list what is parked and why', async () => {
    expect(await run('status')).toMatch(/thread-board .*\n +run by .*\n +2 parked, 0 waiting behind: see storyledger/);
    const lines = (await run('parked', 'list')).trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^[0-9a-f-]{36} {2}parked {3}thread-board {6}ThreadOpened thread-\S+ @0, position \d+$/);
    expect(lines[1]).toMatch(/^ +error: no board today \(1 attempt, 2\S+Z\)$/);
    expect(JSON.parse(await run('parked', 'list', '--json'))).toMatchObject([
      { state: 'parked', revision: '0', stack: expect.stringContaining('at ') },
      { state: 'parked' },
    ]);
  });

  it('retries and drops, and says what came of it', async () => {
    const [first, second] = JSON.parse(await run('parked', 'list', '--json')) as { parkedId: string }[];
    const [a = '', b = ''] = [first?.parkedId, second?.parkedId];
    await expect(run('parked', 'retry', '--all')).rejects.toThrow('2 of 2 cannot go on');
    await expect(run('parked', 'retry')).rejects.toThrow('Name one parked event by its id, or --all.');
    await expect(run('parked', 'retry', 'everything')).rejects.toThrow('everything is no id of a parked event');
    await expect(run('parked', 'drop', a, '--reason', ' ')).rejects.toThrow('--reason must have 1 to 1000 characters');
    expect(await run('parked', 'drop', a, '--reason', 'a test')).toBe(
      `${a} is dropped; 0 events applied, and nothing of the stream waits.\n`,
    );
    await newsroom.database.ownerPool.query('DROP FUNCTION read_models.refuse CASCADE');
    expect(await run('parked', 'retry', '--all')).toBe(
      `${b} is applied; 1 event applied, and nothing of the stream waits.\n`,
    );
    expect(await run('parked', 'list')).toMatch(/^\S+ {2}dropped .*\n +dropped by storyledger: a test\n$/);
    await expect(run('parked', 'retry', a)).rejects.toMatchObject({ code: 'parked_event_dropped' });
  });
});
