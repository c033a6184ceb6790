import { EventStoreUnavailable } from '#event-store';

/**
 * SQLSTATE classes of faults that pass by themselves: connection, rollback (deadlock, serialization), resources,
 * operator intervention, system; a lock not to be had (55P03); a transaction that stood still for too long (25P03).
 */
const PASSING = /^(08|40|53|57|58)...$|^55P03$|^25P03$/;
const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What pg says, with no code, when a connection ends under a query or none can be had. */
const CONNECTION_MESSAGES = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Worth trying the very same again; any other error will be there the next time too. */
export function isPassingFault(error: unknown): boolean {
  if (error instanceof EventStoreUnavailable) return true;
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string') {
    return PASSING.test(error.code) || CONNECTION_CODES.has(error.code);
  }
  return CONNECTION_MESSAGES.test(error.message);
}
