import type { Tracing, TracingLog } from './tracing.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the SDK reads that there is a collector. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;

/**
 * Traces go where the standard variables of OpenTelemetry say, and nowhere when they say nothing: null then, and nothing
 * of OpenTelemetry is loaded. Settings that this build cannot follow are told of, and never keep a process from starting.
 */
export async function openTracing(
  { serviceName, log }: { readonly serviceName: string; readonly log: TracingLog },
  environment: Environment = process.env,
): Promise<Tracing | null> {
  const { wanted, unfit } = readSwitches(environment);
  if (unfit !== null) log.warn({ variable: unfit }, `Nothing is traced: ${unfit} asks for what this build has not.`);
  if (!wanted) return null;
  const { OpenTelemetryTracing } = await import('./opentelemetry-tracing.js');
  return OpenTelemetryTracing.open(serviceName, log);
}

/** `unfit`: a variable that asks for another exporter, or for gRPC. */
export function readSwitches(environment: Environment): { readonly wanted: boolean; readonly unfit: string | null } {
  const off = { wanted: false, unfit: null };
  const read = (name: string) => environment[name]?.trim().toLowerCase() || undefined;
  if (read('OTEL_SDK_DISABLED') === 'true') return off;
  const exporters = read('OTEL_TRACES_EXPORTER')
    ?.split(',')
    .map((name) => name.trim());
  if (exporters === undefined && !ENDPOINTS.some((name) => read(name) !== undefined)) return off;
  if (exporters?.includes('none')) return off;
  if (exporters !== undefined && !exporters.includes('otlp')) return { wanted: false, unfit: 'OTEL_TRACES_EXPORTER' };
  const protocol = PROTOCOLS.find((name) => read(name) !== undefined);
  if (protocol !== undefined && read(protocol) === 'grpc') return { wanted: false, unfit: protocol };
  return { wanted: true, unfit: null };
}
