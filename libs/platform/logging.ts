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
      timestamp: isoTime,
      redact: ['*.authorization', '*.password', '*.secret', '*.url', 'err.config', 'err.query', 'err.parameters'],
    },
    standardError,
  );
}

let lastMs = Number.NaN;
let lastTime = '';

/** As pino's own, which writes out the date for each line: those of the same millisecond have the same. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastMs) lastTime = `,"time":"${new Date(now).toISOString()}"`;
  lastMs = now;
  return lastTime;
}
