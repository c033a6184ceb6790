import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventStoreUnavailable, WrongExpectedRevision } from '#event-store';
import { Exposition } from '../../../test/exposition.js';
import { buckets } from './buckets.js';
import { Metrics } from './metrics.js';
import { startMetricsListener } from './metrics-listener.js';

const shown = async (metrics: Metrics) => new Exposition(await metrics.text());

describe('metrics', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('count a request under its route, and what has no route or a strange method under one name', async () => {
    const metrics = new Metrics();
    const answer = { route: '/v1/threads/:thread', status: 200, seconds: 0.002 };
    metrics.http.answered({ method: 'GET', ...answer });
    metrics.http.answered({ method: 'GET', ...answer });
    metrics.http.answered({ method: 'PROPFIND', ...answer, route: undefined, status: 404 });
    metrics.http.answered({ method: 'UNLINK', ...answer, route: undefined, status: 404 });
    const text = await shown(metrics);
    const count = (labels: string) => text.value(`storyledger_http_request_duration_seconds_count{${labels}}`);
    expect(count('method="GET",route="/v1/threads/:thread",status="200"')).toBe(2);
    expect(count('method="other",route="none",status="404"')).toBe(2);
    expect(text.text).not.toContain('PROPFIND');
  });

  it('tell appends by how they ended', async () => {
    const { appends, ...metrics } = instance();
    appends.appended(3, 0.001, false);
    appends.appended(3, 0.001, true);
    appends.failed(new WrongExpectedRevision('thread-x', 'none', 0n), 0.001);
    appends.failed(new EventStoreUnavailable('gone'), 0.001);
    appends.failed(new RangeError('empty'), 0.001);
    const text = new Exposition(await metrics.text());
    for (const outcome of ['appended', 'duplicate', 'conflict', 'unavailable', 'refused']) {
      expect(text.value(`storyledger_append_duration_seconds_count{outcome="${outcome}"}`), outcome).toBe(1);
    }
    expect(text.value('storyledger_appended_events_total')).toBe(3);
    expect(text.value('storyledger_append_conflicts_total')).toBe(1);
  });

  it('are shown without what could not be looked at, and count that', async () => {
    const metrics = new Metrics();
    metrics.onCollect(() => Promise.reject(new Error('the database is away')));
    metrics.watch('storyledger_feed_subscribers', 'Clients.', () => 7);
    await metrics.text();
    const text = await shown(metrics);
    expect(text.value('storyledger_metrics_failures_total')).toBe(2);
    expect(text.value('storyledger_feed_subscribers')).toBe(7);
  });

  it('do not wait for ever', async () => {
    vi.useFakeTimers();
    const metrics = new Metrics();
    metrics.onCollect(() => new Promise(() => undefined));
    const text = shown(metrics);
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await text).value('storyledger_metrics_failures_total')).toBe(1);
  });

  it('look once for all who ask at the same moment', async () => {
    const metrics = new Metrics();
    let looks = 0;
    metrics.onCollect(async () => {
      looks += 1;
    });
    await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
    expect(looks).toBe(1);
  });

  it('show pools by what their connections do', async () => {
    const metrics = new Metrics();
    metrics.watchPool('work', { totalCount: 5, idleCount: 2, waitingCount: 1 });
    const text = await shown(metrics);
    for (const [state, connections] of Object.entries({ busy: 3, idle: 2, waiting: 1 })) {
      expect(text.value(`storyledger_pool_connections{pool="work",state="${state}"}`)).toBe(connections);
    }
  });
});

describe('the listener of metrics', () => {
  it('serves them, and nothing else', async () => {
    const metrics = new Metrics();
    metrics.watchProcess({ version: '1.2.3' });
    const listener = await startMetricsListener(metrics, { host: '127.0.0.1', port: 0 });
    try {
      const answer = await fetch(listener.url);
      expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
      const text = new Exposition(await answer.text());
      expect(text.value(`storyledger_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1);
      expect(text.families()).toContain('nodejs_eventloop_lag_p99_seconds');
      expect((await fetch(new URL('/', listener.url))).status).toBe(404);
      expect((await fetch(listener.url, { method: 'POST' })).status).toBe(405);
    } finally {
      await listener.close();
    }
    await expect(fetch(listener.url)).rejects.toThrow();
  });
});

describe('buckets', () => {
  it('rise by 1, 2.5 and 5', () => {
    expect(buckets(0.001, 0.1)).toEqual([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1]);
  });
});

function instance() {
  const metrics = new Metrics();
  return { appends: metrics.appends, text: () => metrics.text() };
}
