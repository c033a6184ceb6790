import { pino } from 'pino';

/** More than that is not kept for the end of the turn. */
const MOST_CHARACTERS = 64 * 1024;
const AT_ONCE = pino.levels.values['warn'] ?? 0;

/**
 * Where a logger writes: the lines of one turn of the event loop go out together, at its end or when the process does, for
 * the system takes as long for one as for a hundred. A warning, and what is worse, goes out at once, with all before it.
 */
export class LinesOfATurn implements pino.DestinationStream {
  /** Pino tells the level of each line before it writes it. */
  readonly [pino.symbols.needsMetadataGsym] = true;
  lastLevel = 0;
  private lines = '';

  constructor(private readonly destination: pino.DestinationStream) {
    process.once('exit', () => this.flushSync());
  }

  write(line: string): void {
    if (this.lines === '') setImmediate(() => this.flushSync());
    this.lines += line;
    if (this.lastLevel >= AT_ONCE || this.lines.length > MOST_CHARACTERS) this.flushSync();
  }

  /** Under this name pino calls it after a fatal error. */
  flushSync(): void {
    const { lines } = this;
    if (lines === '') return;
    this.lines = '';
    this.destination.write(lines);
  }
}
