import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredEvent } from '#event-store';
import { closed, threadStream } from '#event-store/testing';
import { Collector } from '../../../test/processes/collector.js';
import { correlationIdOf, derivedIds, spanOfCorrelationId } from './correlated-ids.js';
import { openTracing, readSwitches } from './open-tracing.js';

const SPAN = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

describe('the switch of traces', () => {
  it.each([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'newsroom' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'console, OTLP' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, true],
  ])('%j: %s', (environment, wanted) => {
    expect(readSwitches(environment)).toEqual({ wanted, unfit: null });
  });

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER'],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  ])('%j is told of, and off', async (environment, variable) => {
    const warn = vi.fn();
    expect(await openTracing({ serviceName: 'test', log: { warn, info: vi.fn() } }, environment)).toBeNull();
    expect(warn.mock.calls).toEqual([[{ variable }, expect.stringContaining(variable)]]);
  });
});

describe('what a projector has applied', () => {
  let collector: Collector;
  beforeEach(async () => {
    collector = await Collector.listen();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await collector.close();
  });

  const stored = (number: number, correlationId: string, minutesAgo: number): StoredEvent => {
    const event = closed(number);
    const at = { stream: threadStream(number), revision: 0n, position: BigInt(number), schemaVersion: 1 };
    const recordedAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    return { ...event, ...at, recordedAt, context: { ...event.context, correlationId } };
  };
  const applied = async (events: readonly StoredEvent[]) => {
    const tracing = await openTracing({ serviceName: 'test', log: { warn: vi.fn(), info: vi.fn() } });
    const [startedAt, endedAt] = [performance.now() - 20, performance.now()];
    const projections = ['claim', 'source'].map((name) => ({ name, startedAt, endedAt: startedAt + 5 }));
    tracing?.applied({ events, projections, startedAt, endedAt });
    await tracing?.close();
    return collector.spans.map(({ name }) => name).sort();
  };

  it('is shown with each read model, once for all events of a request', async () => {
    const names = await applied([stored(1, 'request-1', 0), stored(2, 'request-1', 1)]);
    expect(names).toEqual(['apply', 'apply claim', 'apply source']);
    const [whole] = collector.spans.filter(({ name }) => name === 'apply');
    expect(whole?.attributes['storyledger.events']).toBe(2);
    const { traceId, spanId } = derivedIds('request-1');
    expect(whole).toMatchObject({ traceId, parentSpanId: spanId });
  });

  it('is shown as a whole when there are many requests in it', async () => {
    const events = Array.from({ length: 21 }, (_, number) => stored(number, `request-${number}`, 0));
    expect(await applied(events)).toEqual(events.map(() => 'apply'));
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(21);
  });

  it('is not shown of events that were recorded long ago', async () => {
    expect(await applied([stored(1, 'request-1', 16)])).toEqual([]);
  });

  it('is not shown when the sampler leaves its trace out', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_traceidratio');
    vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '0');
    const span = `00-${SPAN.traceId}-${SPAN.spanId}`;
    const names = await applied([
      stored(1, 'request-1', 0),
      stored(2, `${span}-00`, 0),
      stored(3, `${span.replace('4bf9', '5bf9')}-01`, 0),
    ]);
    expect(names).toEqual(['apply', 'apply claim', 'apply source']);
    expect(collector.spans[0]?.traceId).toMatch(/^5bf9/);
  });
});

describe('settings that the SDK cannot read', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('are told of by name, never by value', async () => {
    vi.stubEnv('OTEL_TRACES_EXPORTER', 'otlp');
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'a-secret');
    const warn = vi.fn();
    const tracing = await openTracing({ serviceName: 'test', log: { warn, info: vi.fn() } });
    await tracing?.close();
    expect(warn).toHaveBeenCalledExactlyOnceWith({ variables: ['OTEL_TRACES_SAMPLER'] }, expect.any(String));
    expect(JSON.stringify(warn.mock.calls)).not.toContain('a-secret');
  });
});

describe('a correlation id', () => {
  it.each([0, 1])('that was made of a span leads back to it, sampled or not (%i)', (traceFlags) => {
    const id = correlationIdOf({ ...SPAN, traceFlags });
    // What X-Request-Id may be: it is sent back as that.
    expect(id).toMatch(/^[A-Za-z0-9._-]{8,128}$/);
    expect(spanOfCorrelationId(id)).toEqual({ ...SPAN, traceFlags, isRemote: true });
  });

  it('of another make leads to ids that are valid, and its own', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, other) => {
        const { traceId, spanId } = derivedIds(id);
        expect(spanOfCorrelationId(`00-${traceId}-${spanId}-01`)).not.toBeNull();
        expect(derivedIds(other).traceId === traceId).toBe(id === other);
      }),
    );
  });

  it.each([
    'demo',
    '0199f0aa-7c1e-7000-8000-000000000001',
    `00-${'0'.repeat(32)}-${SPAN.spanId}-01`,
    `00-${SPAN.traceId}-${SPAN.spanId}-01-more`,
  ])('such as %s is of another make', (id) => {
    expect(spanOfCorrelationId(id)).toBeNull();
  });
});
