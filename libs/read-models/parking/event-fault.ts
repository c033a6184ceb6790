import { isPassingFault } from '../projection/passing-fault.js';

/** SQLSTATE classes that say of the tables, not of what is written to them, that they are not as this build expects. */
const TABLES = /^(42|3D|3F)...$/;

/**
 * Whether trying another event may succeed. A fault that passes, and tables that are missing, locked away or of another
 * shape, would have every event parked.
 */
export function isEventFault(error: unknown): boolean {
  if (isPassingFault(error)) return false;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return !(typeof code === 'string' && TABLES.test(code));
}
