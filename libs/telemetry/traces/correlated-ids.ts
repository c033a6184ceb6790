import { hash } from 'node:crypto';
import { isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

export interface SpanIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** A correlation id that says itself which span it is of: a W3C traceparent. */
export function correlationIdOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;
}

/** Null: an id of another make. */
export function spanOfCorrelationId(correlationId: string): SpanContext | null {
  const span = parseTraceParent(correlationId);
  return span !== null && isSpanContextValid(span) ? { ...span, isRemote: true } : null;
}

/** Of an id that says nothing of traces: the same in every process, and found again by whoever has the id. */
export function derivedIds(correlationId: string): SpanIds {
  const digest = hash('sha256', correlationId, 'hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** Random ids, but for a span that is begun under chosen ones. */
export class ChosenIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private chosen: SpanIds | null = null;

  readonly generateTraceId = (): string => this.chosen?.traceId ?? this.random.generateTraceId();
  readonly generateSpanId = (): string => this.chosen?.spanId ?? this.random.generateSpanId();

  /** `begin` begins one root span. */
  under<T>(ids: SpanIds, begin: () => T): T {
    this.chosen = ids;
    try {
      return begin();
    } finally {
      this.chosen = null;
    }
  }
}
