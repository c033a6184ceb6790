import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newId } from '#platform';
import { FeedListener } from '../../apps/api/testing/feed-listener.js';
import { run, StoryledgerProcess } from './storyledger-process.js';

/** Two of each process on one empty database, all started at the same moment. */
describe('processes that share a database', () => {
  const database = `apart_${newId().replaceAll('-', '')}`;
  let url: string;
  let processes: StoryledgerProcess[];
  const administrate = async (statement: string) => {
    const server = new URL(inject('postgresUrl'));
    server.pathname = '/postgres';
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  beforeAll(async () => {
    await administrate(`CREATE DATABASE ${database}`);
    const own = new URL(inject('postgresUrl'));
    own.pathname = `/${database}`;
    url = own.href;
    processes = ['api', 'api', 'projector', 'projector'].map(
      (part) => new StoryledgerProcess([part], { DATABASE_URL: url, LOG_LEVEL: 'warn' }),
    );
  });
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    await administrate(`DROP DATABASE ${database} WITH (FORCE)`);
  });

  it('migrate it once between them, and what one takes the others show', async () => {
    const [first, second] = processes;
    const addresses = await Promise.all(
      [first, second].map(async (api) => (await api?.says(/(http:\/\/127\.0\.0\.1:\d+)/))?.[1] ?? ''),
    );
    const { output } = await run(['keys', 'create', 'test', '--role', 'reporter'], { DATABASE_URL: url });
    const key = /sl_\S+/.exec(output)?.[0] ?? '';
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const opened = await fetch(`${addresses[0]}/v1/threads`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ slug: 'apart', headline: 'Apart', desk: 'test' }),
    });
    expect(opened.status).toBe(201);
    const { position } = (await opened.json()) as { position: string };
    const shown = await fetch(`${addresses[1]}/v1/threads/apart?after=${position}`, { headers });
    expect(await shown.json()).toMatchObject({ slug: 'apart', status: 'open' });
  });

  it('tell the listeners of one what came in by the other', async () => {
    const { output } = await run(['keys', 'create', 'listener', '--role', 'reporter'], { DATABASE_URL: url });
    const secret = /sl_\S+/.exec(output)?.[0] ?? '';
    const [here = '', there = ''] = await Promise.all(
      processes.slice(0, 2).map(async (api) => (await api.says(/(http:\/\/127\.0\.0\.1:\d+)/))[1]),
    );
    const listener = await FeedListener.connect(there, { secret });
    const posted = await fetch(`${here}/v1/threads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slug: 'heard', headline: 'Heard', desk: 'test' }),
    });
    const { position } = (await posted.json()) as { position: string };
    await expect.poll(() => listener.messages, { timeout: 10_000 }).toMatchObject([{ id: position }]);
    expect(listener.messages[0]?.data).toMatchObject({ slug: 'heard', changes: [{ statusAfter: 'open' }] });
    // Left open: the processes must end all the same.
  });

  it('are up to date after that, and end cleanly', async () => {
    const migrated = await run(['migrate'], { DATABASE_URL: url });
    expect(migrated).toEqual({ code: 0, output: 'The database is up to date.\n' });
    const ended = await Promise.all(processes.map((one) => one.stop()));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  });
});
