import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  type Context,
  DiagLogLevel,
  defaultTextMapGetter,
  diag,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { LRUCache } from 'lru-cache';
import type { NewEvent } from '#event-store';
import type { AppliedBatch } from '#read-models';
import { failureOutcome } from '../metrics/append-metrics.js';
import { METHODS } from '../metrics/http-metrics.js';
import type { EndedAppend } from '../observed-event-store.js';
import { ChosenIds, correlationIdOf, derivedIds, spanOfCorrelationId } from './correlated-ids.js';
import type { RequestAnswer, TracedRequest, Tracing, TracingLog } from './tracing.js';
import { WatchedExporter } from './watched-exporter.js';

/** What is older belongs to no request that anybody waits for: a projector catches up, or has a new read model to fill. */
const LONGEST_AGO_MS = 15 * 60_000;
/** Of a transaction with the events of more requests than this, the traces show it as a whole, not each read model. */
const MOST_IN_PARTS = 20;
const REMEMBERED_REQUESTS = 10_000;
/** Of one try to send; a stop waits no longer for a collector that is away. OTEL_EXPORTER_OTLP_TIMEOUT sets another. */
const SEND_MS = 5_000;

const propagator = new W3CTraceContextPropagator();

/** Spans by the SDK of OpenTelemetry, which reads the rest of its variables itself; sent by OTLP over HTTP, in JSON. */
export class OpenTelemetryTracing implements Tracing {
  private readonly tracer: Tracer;
  /** By the id that their callers gave, of requests whose trace is another than that id leads to. */
  private readonly requests = new LRUCache<string, SpanContext>({ max: REMEMBERED_REQUESTS });

  private constructor(
    private readonly provider: BasicTracerProvider,
    private readonly ids: ChosenIds,
  ) {
    this.tracer = provider.getTracer('storyledger');
  }

  static open(serviceName: string, log: TracingLog): OpenTelemetryTracing {
    return tellOfSettings(log, () => {
      const ids = new ChosenIds();
      const { OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_TRACES_TIMEOUT } = process.env;
      const timeout = OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? OTEL_EXPORTER_OTLP_TIMEOUT;
      const exporter = new OTLPTraceExporter(timeout === undefined ? { timeoutMillis: SEND_MS } : {});
      const provider = new BasicTracerProvider({
        idGenerator: ids,
        resource: defaultResource()
          .merge(resourceFromAttributes({ 'service.name': serviceName }))
          .merge(detectResources({ detectors: [envDetector] })),
        spanProcessors: [new BatchSpanProcessor(new WatchedExporter(exporter, log))],
      });
      return new OpenTelemetryTracing(provider, ids);
    });
  }

  request(headers: IncomingHttpHeaders, givenId: string | undefined): TracedRequest {
    const span = this.beginRequest(headers, givenId);
    const id = givenId ?? correlationIdOf(span.spanContext());
    span.setAttribute('storyledger.correlation_id', id);
    return { id, answered: (answer) => endRequest(span, answer) };
  }

  appended({ stream, events, startedAt, endedAt, result, error }: EndedAppend): void {
    const failure = result === null ? failureOutcome(error) : null;
    const outcome = failure ?? (result?.deduplicated ? 'duplicate' : 'appended');
    for (const [correlationId, own] of byCorrelationId(events)) {
      const within = this.contextOf(correlationId);
      if (within === null) continue;
      const attributes = { ...told(correlationId, own), 'storyledger.stream': stream, 'storyledger.outcome': outcome };
      const span = this.tracer.startSpan('append', { startTime: wallClock(startedAt), attributes }, within);
      if (failure !== null) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(wallClock(endedAt));
    }
  }

  applied({ events, projections, startedAt, endedAt }: AppliedBatch): void {
    const since = Date.now() - LONGEST_AGO_MS;
    const correlated = byCorrelationId(events.filter(({ recordedAt }) => Date.parse(recordedAt) >= since));
    for (const [correlationId, own] of correlated) {
      const within = this.contextOf(correlationId);
      if (within === null) continue;
      const names = projections.map(({ name }) => name);
      const attributes = { ...told(correlationId, own), 'storyledger.projections': names };
      const kind = SpanKind.CONSUMER;
      const span = this.tracer.startSpan('apply', { startTime: wallClock(startedAt), kind, attributes }, within);
      const inside = trace.setSpan(within, span);
      for (const part of correlated.size > MOST_IN_PARTS ? [] : projections) {
        const options = { startTime: wallClock(part.startedAt), attributes: { 'storyledger.projection': part.name } };
        this.tracer.startSpan(`apply ${part.name}`, options, inside).end(wallClock(part.endedAt));
      }
      span.end(wallClock(endedAt));
    }
  }

  async close(): Promise<void> {
    // What does not get through has been told of by then.
    await this.provider.shutdown().catch(() => undefined);
  }

  private beginRequest(headers: IncomingHttpHeaders, givenId: string | undefined): Span {
    const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    const options = { kind: SpanKind.SERVER };
    if (givenId === undefined) return this.tracer.startSpan('request', options, caller);
    if (trace.getSpanContext(caller) === undefined) return this.beginUnder(givenId);
    const links = [{ context: this.leadOf(givenId) }];
    const span = this.tracer.startSpan('request', { ...options, links }, caller);
    this.requests.set(givenId, span.spanContext());
    return span;
  }

  /** The first span of what an id leads to. The same wherever it is begun, so that whoever sends it speaks for all. */
  private beginUnder(correlationId: string): Span {
    const options = { kind: SpanKind.SERVER };
    const named = spanOfCorrelationId(correlationId);
    if (named !== null) return this.tracer.startSpan('request', options, trace.setSpanContext(ROOT_CONTEXT, named));
    return this.ids.under(derivedIds(correlationId), () => this.tracer.startSpan('request', options, ROOT_CONTEXT));
  }

  private leadOf(correlationId: string): SpanContext {
    // Begun for its ids and for what the sampler says of them; never ended, it is never sent.
    return spanOfCorrelationId(correlationId) ?? this.beginUnder(correlationId).spanContext();
  }

  /** Where the spans of events with this id belong; null: they are not sampled. */
  private contextOf(correlationId: string): Context | null {
    const parent = this.requests.get(correlationId) ?? this.leadOf(correlationId);
    if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return null;
    return trace.setSpanContext(ROOT_CONTEXT, parent);
  }
}

function endRequest(span: Span, { method: given, route, status }: RequestAnswer): void {
  const method = METHODS.has(given) ? given : undefined;
  span.updateName(`${method ?? 'HTTP'}${route === undefined ? '' : ` ${route}`}`);
  span.setAttributes({
    'http.request.method': method ?? '_OTHER',
    'http.response.status_code': status,
    ...(route !== undefined && { 'http.route': route }),
  });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function byCorrelationId<Event extends NewEvent>(events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const group = groups.get(event.context.correlationId);
    if (group === undefined) groups.set(event.context.correlationId, [event]);
    else group.push(event);
  }
  return groups;
}

function told(correlationId: string, events: readonly NewEvent[]): Attributes {
  return {
    'storyledger.correlation_id': correlationId,
    'storyledger.events': events.length,
    'storyledger.event_types': [...new Set(events.map(({ event }) => event.type))],
  };
}

/** Of `performance.now()`, which may have drifted from the clock that other processes go by. */
function wallClock(at: number): number {
  return Date.now() - (performance.now() - at);
}

/** What the SDK says of its variables while `open` reads them. Later it is not listened to: it would repeat itself. */
function tellOfSettings<T>(log: TracingLog, open: () => T): T {
  const tell = (message: string) => {
    // Without the message, which tells the value, and that may be a secret.
    const variables = message.match(/OTEL_[A-Z_]+/g);
    log.warn({ variables }, 'A setting of OpenTelemetry cannot be read. What it would be without it holds.');
  };
  const quiet = () => undefined;
  const logger = { error: tell, warn: tell, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  try {
    return open();
  } finally {
    diag.disable();
  }
}
