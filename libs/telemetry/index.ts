export { type LedgerGaugesParts, watchLedger } from './metrics/ledger-gauges.js';
export { Metrics } from './metrics/metrics.js';
export { type MetricsListener, startMetricsListener } from './metrics/metrics-listener.js';
export { type EndedAppend, ObservedEventStore } from './observed-event-store.js';
export { openTracing } from './traces/open-tracing.js';
export type { RequestAnswer, TracedRequest, Tracing } from './traces/tracing.js';
