const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** PostgreSQL: a statement cut off as too long, shut down by an administrator, crash of another session, starting up, too
 * many connections. */
const SERVER_STATES = new Set(['57014', '57P01', '57P02', '57P03', '53300']);
/** pg gives these no code. */
const MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The database did not answer, as opposed to: it answered that the statement is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CONNECTION_ERRORS.has(code) || SERVER_STATES.has(code) || code.startsWith('08')) return true;
  if (MESSAGES.test(error.message)) return true;
  // A name that resolves to several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.some(isDatabaseOutage);
  return 'driverError' in error && error.driverError !== error && isDatabaseOutage(error.driverError);
}

/** PostgreSQL could not read a value as its column's type (class 22): of a list, that is a cursor made by hand. */
export function isUnreadableValue(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code);
}
