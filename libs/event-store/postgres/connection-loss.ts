const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** SQLSTATE classes: connection exceptions, operator intervention (shutdown, crash), insufficient resources. */
const SQLSTATE_CLASSES = new Set(['08', '57', '53']);
/** The lock that orders commits was not to be had in time: the append took no effect and may be tried again. */
const LOCK_NOT_AVAILABLE = '55P03';

/** May the same statement succeed later? Whether it took effect is not known: its connection may have broken. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === LOCK_NOT_AVAILABLE || NETWORK.has(code) || SQLSTATE_CLASSES.has(code.slice(0, 2))) return true;
  // node-postgres has no code for a socket that ends in the middle of a query or of a connect.
  return /connection terminated|query read timeout|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
    error.message,
  );
}
