const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** SQLSTATE classes: connection exceptions, operator intervention (shutdown, crash), insufficient resources. */
const SQLSTATE_CLASSES = new Set(['08', '57', '53']);

/** Did the statement's connection break, so that nobody knows whether it took effect? */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK.has(code) || SQLSTATE_CLASSES.has(code.slice(0, 2))) return true;
  // node-postgres has no code for a socket that ends in the middle of a query or of a connect.
  return /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
    error.message,
  );
}
