import { type Logger, pino } from 'pino';
import { LinesOfATurn } from './lines-of-a-turn.js';

export type { Logger };

let standardError: LinesOfATurn | undefined;

/** Structured, one JSON object a line, to standard error. Keys, passwords and quotes never get in. */
export function createLogger(level: string, name: string): Logger {
  // One for the process, so that its lines stay in order.
  standardError ??= new LinesOfATurn(pino.destination({ dest: 2, sync: true }));
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.authorization', '*.password', '*.secret', '*.url', 'err.config', 'err.query', 'err.parameters'],
    },
    standardError,
  );
}
