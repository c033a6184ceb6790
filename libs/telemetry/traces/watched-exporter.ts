import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracingLog } from './tracing.js';

/** Says once that spans do not get through, and once that they do again. */
export class WatchedExporter implements SpanExporter {
  private isAway = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly log: TracingLog,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      this.watch(result);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private watch({ code, error }: ExportResult): void {
    const isAway = code !== ExportResultCode.SUCCESS;
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    // Of the error no more than its code: its message may hold the address, and with it a password.
    if (isAway) this.log.warn({ code: codeOf(error) }, 'Traces do not get through to the collector and are dropped.');
    else this.log.info({}, 'Traces get through to the collector again.');
  }
}

/** A status of HTTP, or of the network such as ECONNREFUSED. */
function codeOf(error: Error | undefined): unknown {
  return error !== undefined && 'code' in error ? error.code : error?.name;
}
