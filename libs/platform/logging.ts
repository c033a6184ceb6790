import { type Logger, pino } from 'pino';

export type { Logger };

/** Structured, one JSON object a line, to standard error. Keys, passwords and quotes never get in. */
export function createLogger(level: string, name: string): Logger {
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.authorization', '*.password', '*.secret', '*.url', 'err.config', 'err.query', 'err.parameters'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
