import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian's package faketime puts it. */
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** The wall clock of the processes that are started with its settings; timers run on as they do when a clock is set. */
export class FakeClock {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<FakeClock> {
    const clock = new FakeClock(await mkdtemp(join(tmpdir(), 'storyledger-clock-')));
    await clock.set(0);
    return clock;
  }

  /** What is missing for it, in words; null when nothing is. */
  get missing(): string | null {
    return existsSync(LIBRARY) ? null : 'libfaketime (apt-get install faketime)';
  }

  get settings(): Readonly<Record<string, string>> {
    if (this.missing !== null) return {};
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.file,
      // Seconds for which a look into the file is enough.
      FAKETIME_CACHE_DURATION: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** So many seconds before or after the machine's clock, from a second from now on at the latest. */
  async set(seconds: number): Promise<void> {
    // Whole or not at all: it may be read at any moment.
    await writeFile(`${this.file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${this.file}.new`, this.file);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private get file(): string {
    return join(this.folder, 'clock');
  }
}
