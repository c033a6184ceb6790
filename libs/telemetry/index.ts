export { type LedgerGaugesParts, watchLedger } from './metrics/ledger-gauges.js';
export { Metrics } from './metrics/metrics.js';
export { type MetricsListener, startMetricsListener } from './metrics/metrics-listener.js';
export { ObservedEventStore } from './observed-event-store.js';
