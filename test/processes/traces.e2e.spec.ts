import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS } from '#read-models';
import { eventually } from '../eventually.js';
import { createTestDatabase, type TestDatabase } from '../setup/test-database.js';
import { Collector, type ReceivedSpan } from './collector.js';
import { run, StoryledgerProcess } from './storyledger-process.js';

const SERVER = 2;
const CALLER_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';

/** Makes a process fail that loads anything of OpenTelemetry but the API, which prom-client brings. */
const REFUSING = `--import "data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module';
   register('data:text/javascript,' + encodeURIComponent(\`
     export function resolve(name, context, next) {
       if (/^@opentelemetry.(?!api$)/.test(name)) throw new Error('It loads ' + name);
       return next(name, context);
     }\`));`,
)}"`;

describe('the traces of processes', () => {
  let database: TestDatabase;
  let collector: Collector;
  let api: StoryledgerProcess;
  let projector: StoryledgerProcess;
  let address: string;
  let secret: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    collector = await Collector.listen();
    const { output } = await run(['keys', 'create', 'test', '--role', 'reporter'], { DATABASE_URL: database.url });
    secret = /sl_\S+/.exec(output)?.[0] ?? '';
    const settings = { ...traced(), OTEL_BSP_SCHEDULE_DELAY: '50' };
    api = new StoryledgerProcess(['api'], settings);
    projector = new StoryledgerProcess(['projector'], settings);
    address = await addressOf(api);
    await projector.says(/at work/);
  });
  afterAll(async () => {
    await Promise.all([api.stop(), projector.stop()]);
    await collector.close();
    await database.drop();
  });

  const traced = () => ({
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const addressOf = async (one: StoryledgerProcess) =>
    (await one.says(/Console at (http:\/\/127\.0\.0\.1:\d+)\//))[1] ?? '';
  const openThread = async (at: string, slug: string, more: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${at}/v1/threads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...more },
      body: JSON.stringify({ slug, headline: `The words of ${slug}`, desk: 'test' }),
    });
    expect(answer.status).toBe(201);
    return answer.headers.get('x-request-id') ?? '';
  };
  /** Of the request that opened a thread, once the read models show it. */
  const opened = (look: (span: ReceivedSpan) => boolean, applied = 'apply thread-board') =>
    eventually(async () => {
      const { traceId } = collector.spans.find((span) => span.kind === SERVER && look(span)) ?? {};
      const spans = traceId === undefined ? [] : collector.trace(traceId);
      return spans.some(({ name }) => name === applied) ? spans : null;
    });
  const only = (spans: readonly ReceivedSpan[], name: string) => {
    const [span, ...others] = spans.filter((one) => one.name === name);
    if (span === undefined || others.length > 0) throw new Error(`not one ${name} among ${spans.map((s) => s.name)}`);
    return span;
  };
  const correlated = (id: string) => (span: ReceivedSpan) => span.attributes['storyledger.correlation_id'] === id;

  it('lead from a request over its append to every read model, in one trace', async () => {
    const id = await openThread(address, 'one');
    const spans = await opened(correlated(id));
    const request = only(spans, 'POST /v1/threads');
    const append = only(spans, 'append');
    const apply = only(spans, 'apply');
    expect(request).toMatchObject({ service: 'storyledger-api', parentSpanId: '', status: 0 });
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/threads',
      'http.response.status_code': 201,
    });
    expect(id).toBe(`00-${request.traceId}-${request.spanId}-01`);
    expect(append).toMatchObject({ service: 'storyledger-api', parentSpanId: request.spanId });
    expect(append.attributes).toMatchObject({
      'storyledger.events': 1,
      'storyledger.event_types': ['ThreadOpened'],
      'storyledger.outcome': 'appended',
      'storyledger.stream': expect.stringMatching(/^thread-/),
    });
    expect(append.startedAt).toBeGreaterThanOrEqual(request.startedAt);
    expect(append.endedAt).toBeLessThanOrEqual(request.endedAt);
    expect(apply).toMatchObject({ service: 'storyledger-projector', parentSpanId: request.spanId });
    const parts = spans.filter(({ parentSpanId }) => parentSpanId === apply.spanId);
    expect(parts.map(({ name }) => name).sort()).toEqual(PROJECTIONS.map(({ name }) => `apply ${name}`).sort());
    for (const part of parts) {
      expect(part.service).toBe('storyledger-projector');
      expect(part.startedAt).toBeGreaterThanOrEqual(apply.startedAt);
      expect(part.endedAt).toBeLessThanOrEqual(apply.endedAt);
    }
  });

  it('take over the trace of a caller', async () => {
    await openThread(address, 'two', { traceparent: `00-${CALLER_TRACE}-${CALLER_SPAN}-01` });
    const spans = await opened(({ traceId }) => traceId === CALLER_TRACE);
    const request = only(spans, 'POST /v1/threads');
    expect(request.parentSpanId).toBe(CALLER_SPAN);
    expect(only(spans, 'append').parentSpanId).toBe(request.spanId);
    expect(only(spans, 'apply').parentSpanId).toBe(request.spanId);
  });

  it('are one for a request that its caller has named', async () => {
    expect(await openThread(address, 'three', { 'x-request-id': 'desk-tool-0001' })).toBe('desk-tool-0001');
    const spans = await opened(correlated('desk-tool-0001'));
    const request = only(spans, 'POST /v1/threads');
    expect(request.parentSpanId).toBe('');
    expect(only(spans, 'append').parentSpanId).toBe(request.spanId);
    expect(only(spans, 'apply').parentSpanId).toBe(request.spanId);
  });

  it('are two, with a link, for a request with a name and a trace', async () => {
    const trace = CALLER_TRACE.replace('4bf9', '5bf9');
    const named = { 'x-request-id': 'desk-tool-0002', traceparent: `00-${trace}-${CALLER_SPAN}-01` };
    await openThread(address, 'four', named);
    const spans = await opened(({ traceId }) => traceId === trace, 'append');
    const request = only(spans, 'POST /v1/threads');
    expect(only(spans, 'append').parentSpanId).toBe(request.spanId);
    const [linked = ''] = request.links;
    await eventually(async () => collector.trace(linked).find(({ name }) => name === 'apply thread-board'));
    expect(only(collector.trace(linked), 'apply').attributes).toMatchObject({
      'storyledger.correlation_id': 'desk-tool-0002',
    });
  });

  it('are not sent of a request whose caller does not want it', async () => {
    const trace = CALLER_TRACE.replace('4bf9', '6bf9');
    await openThread(address, 'five', { traceparent: `00-${trace}-${CALLER_SPAN}-00` });
    // What comes after it is sent after it.
    await opened(correlated(await openThread(address, 'six')));
    expect(collector.trace(trace)).toEqual([]);
  });

  it('hold no key, no body and no path that was asked for', async () => {
    const get = (path: string) => fetch(`${address}${path}`, { headers: { authorization: `Bearer ${secret}` } });
    await get('/v1/threads/one?q=secret-query');
    await get('/no/such/secret-path');
    await eventually(async () => collector.spans.find(({ name }) => name === 'GET /v1/threads/:thread'));
    await eventually(async () => collector.spans.find(({ name }) => name === 'GET'));
    expect(collector.received).toContain('ThreadOpened');
    expect(collector.received).not.toMatch(/The words of|secret-|Bearer|sl_|threads\/one/);
  });

  it('are sent before a process ends', async () => {
    const other = new StoryledgerProcess(['api'], { ...traced(), OTEL_BSP_SCHEDULE_DELAY: '3600000' });
    const id = await openThread(await addressOf(other), 'seven');
    expect(collector.spans.filter(({ name }) => name === 'append').some(correlated(id))).toBe(false);
    expect((await other.stop()).code).toBe(0);
    expect(collector.spans.filter(({ name }) => name === 'append').some(correlated(id))).toBe(true);
  });

  it('do no harm when nobody takes them, which is said once', async () => {
    const away = await Collector.listen();
    const nowhere = away.url;
    await away.close();
    const settings = { ...traced(), OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '100' };
    const other = new StoryledgerProcess(['api'], { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: nowhere });
    const at = await addressOf(other);
    await openThread(at, 'eight');
    await other.says(/Traces do not get through/);
    await openThread(at, 'nine');
    const { code, output } = await other.stop();
    expect(code).toBe(0);
    expect(output.match(/Traces do not get through/g)).toHaveLength(1);
    expect(output).toContain('ECONNREFUSED');
    expect(output).not.toContain(nowhere);
  });

  it('load nothing when they are off', async () => {
    const off = { DATABASE_URL: database.url, NODE_OPTIONS: REFUSING };
    const other = new StoryledgerProcess(['api'], { ...off, OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' });
    const before = collector.spans.length;
    expect(await openThread(await addressOf(other), 'ten')).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect((await other.stop()).code).toBe(0);
    const on = await run(['api'], { ...off, OTEL_TRACES_EXPORTER: 'otlp' });
    expect(on).toMatchObject({ code: 1, output: expect.stringContaining('It loads @opentelemetry/') });
    // The projector beside it goes on tracing what others write; the API that is off has sent nothing.
    expect(collector.spans.slice(before).filter(({ service }) => service === 'storyledger-api')).toEqual([]);
  });
});
