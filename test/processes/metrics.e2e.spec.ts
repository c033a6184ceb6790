import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.js';
import { Exposition } from '../exposition.js';
import { createTestDatabase, type TestDatabase } from '../setup/test-database.js';
import { run, StoryledgerProcess } from './storyledger-process.js';

describe('the metrics of processes', () => {
  let database: TestDatabase;
  let api: StoryledgerProcess;
  let projector: StoryledgerProcess;
  let address: string;
  let headers: Readonly<Record<string, string>>;
  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'warn', METRICS_PORT: '0' };
    api = new StoryledgerProcess(['api'], settings);
    projector = new StoryledgerProcess(['projector'], settings);
    [, address = ''] = await api.says(/Console at (http:\/\/127\.0\.0\.1:\d+)\//);
    const { output } = await run(['keys', 'create', 'test', '--role', 'reporter'], { DATABASE_URL: database.url });
    const secret = /sl_\S+/.exec(output)?.[0] ?? '';
    headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  });
  afterAll(async () => {
    await Promise.all([api.stop(), projector.stop()]);
    await database.drop();
  });

  const metricsOf = async (one: StoryledgerProcess) => {
    const [, url = ''] = await one.says(/Metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)\./);
    return new Exposition(await (await fetch(url)).text());
  };
  const openThread = (slug: string) =>
    fetch(`${address}/v1/threads`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ slug, headline: slug, desk: 'test' }),
    });

  it('are not on the address of the API, for nobody', async () => {
    const answer = await fetch(`${address}/metrics`, { headers });
    expect(answer.status).toBe(404);
  });

  it('move in both with what comes in by one', async () => {
    const before = await metricsOf(api);
    for (const slug of ['one', 'two', 'three']) expect((await openThread(slug)).status).toBe(201);
    const after = await metricsOf(api);
    const grown = (sample: string) => (after.value(sample) ?? 0) - (before.value(sample) ?? 0);
    const route = 'method="POST",route="/v1/threads",status="201"';
    expect(grown(`storyledger_http_request_duration_seconds_count{${route}}`)).toBe(3);
    expect(grown('storyledger_appended_events_total')).toBeGreaterThanOrEqual(3);
    expect(grown('storyledger_append_duration_seconds_count{outcome="appended"}')).toBe(3);
    expect(grown('storyledger_append_batch_events_count')).toBe(3);
    expect(grown('storyledger_append_batch_duration_seconds_sum')).toBeGreaterThan(0);
    const held = (state: string) => after.value(`storyledger_pool_connections{pool="append",state="${state}"}`) ?? 0;
    expect(held('busy') + held('idle')).toBeGreaterThan(0);
    const projected = await eventually(async () => {
      const now = await metricsOf(projector);
      const applied = now.value('storyledger_projection_batch_events_sum') ?? 0;
      const lag = now.value('storyledger_projection_lag_events{projection="claim"}');
      return applied >= grown('storyledger_appended_events_total') && lag === 0 ? now : null;
    });
    expect(projected.value('storyledger_projection_batch_duration_seconds_count')).toBeGreaterThan(0);
  });

  it('show who listens to the feed, and nothing of what was asked for', async () => {
    const cut = new AbortController();
    await fetch(`${address}/v1/feed`, { headers, signal: cut.signal });
    expect((await metricsOf(api)).value('storyledger_feed_subscribers')).toBe(1);
    cut.abort();
    await eventually(async () => ((await metricsOf(api)).value('storyledger_feed_subscribers') === 0 ? true : null));
    await fetch(`${address}/v1/threads/one`, { headers });
    await fetch(`${address}/no/such/secret-path`, { headers });
    const { text } = await metricsOf(api);
    expect(text).toContain('route="/v1/threads/:thread"');
    expect(text).not.toMatch(/threads\/one|secret-path|Bearer|sl_/);
  });

  it('tell the build, and how late the event loop is', async () => {
    for (const process of [api, projector]) {
      const text = await metricsOf(process);
      expect([...text.names()]).toEqual(
        expect.arrayContaining(['storyledger_build_info', 'nodejs_eventloop_lag_p99_seconds']),
      );
    }
  });

  it('are all told of in docs/operations.md', async () => {
    const documented = readFileSync('docs/operations.md', 'utf8');
    const own = [...(await metricsOf(api)).families()].filter((name) => name.startsWith('storyledger_'));
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((name) => !documented.includes(`\`${name.replace('storyledger_', '')}\``))).toEqual([]);
  });

  it('keep a process from starting where they cannot be served', async () => {
    const [, port = ''] = await api.says(/Metrics at http:\/\/127\.0\.0\.1:(\d+)/);
    const taken = await run(['projector'], { DATABASE_URL: database.url, METRICS_PORT: port });
    expect(taken).toMatchObject({
      code: 1,
      output: `Metrics cannot be served on port ${port} of 127.0.0.1 (EADDRINUSE). Set METRICS_PORT to another, or leave it out.\n`,
    });
  });
});
