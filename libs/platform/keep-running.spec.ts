import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepRunning } from './keep-running.js';
import { StartupError } from './startup-error.js';

const TRIES = 8;

describe('a process that is kept running', () => {
  let told: string[];
  let starts: number[];
  let end: (how: string) => void;
  let fails: boolean;
  let stopping: AbortController;

  beforeEach(() => {
    vi.useFakeTimers();
    [told, starts, fails, stopping] = [[], [], false, new AbortController()];
  });
  afterEach(() => vi.useRealTimers());

  const keep = () => {
    let ended: Promise<string>;
    const run = () => {
      ended = new Promise((resolve) => {
        end = resolve;
      });
    };
    run();
    const kept = {
      name: 'The process',
      ended: () => ended,
      async startAgain() {
        starts.push(performance.now());
        if (fails) throw new Error('no room');
        run();
      },
    };
    const log = {
      ended: (how: string) => told.push(how),
      notStarted: (error: unknown, attempt: number, of: number) => told.push(`${error} ${attempt}/${of}`),
      startedAgain: () => told.push('again'),
    };
    const outcome = keepRunning(kept, log, stopping.signal).then(
      () => 'stopped',
      (error: unknown) => error,
    );
    return { outcome };
  };
  const endsAfter = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    end('SIGKILL');
    await vi.advanceTimersByTimeAsync(0);
  };

  it('is started again at once, however often it ends after a while', async () => {
    const { outcome } = keep();
    for (let n = 0; n < 3 * TRIES; n++) await endsAfter(60_000);
    expect(told).toEqual(Array.from({ length: 3 * TRIES }, () => ['SIGKILL', 'again']).flat());
    stopping.abort();
    expect(await outcome).toBe('stopped');
  });

  it('that does not start is tried again after longer and longer pauses, and given up in the end', async () => {
    const { outcome } = keep();
    fails = true;
    end('code 1');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts).toHaveLength(TRIES);
    const pauses = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
    expect(pauses.every((pause, n) => n === 0 || pause > (pauses[n - 1] ?? 0))).toBe(true);
    expect(told).toEqual(['code 1', ...Array.from({ length: TRIES }, (_, n) => `Error: no room ${n + 1}/${TRIES}`)]);
    expect(await outcome).toBeInstanceOf(StartupError);
    expect(await outcome).toMatchObject({
      message: expect.stringContaining(`in ${TRIES} tries did not come back: no room`),
    });
  });

  it('that ends again and again soon after its start is given up as well', async () => {
    const { outcome } = keep();
    for (let n = 0; n <= TRIES; n++) await endsAfter(20_000);
    expect(starts).toHaveLength(TRIES);
    expect(await outcome).toMatchObject({
      message: expect.stringContaining('ended again soon after each start (SIGKILL)'),
    });
  });

  it('has all its tries anew after it has been up for a while', async () => {
    const { outcome } = keep();
    for (let n = 0; n < TRIES; n++) await endsAfter(20_000);
    // The last pause, too.
    await endsAfter(80_000);
    expect(starts).toHaveLength(TRIES + 1);
    stopping.abort();
    expect(await outcome).toBe('stopped');
  });

  it('is not started any more once that is asked for, not even between two tries', async () => {
    const { outcome } = keep();
    fails = true;
    end('SIGKILL');
    await vi.advanceTimersByTimeAsync(300);
    stopping.abort();
    expect(await outcome).toBe('stopped');
    const sofar = starts.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(starts).toHaveLength(sofar);
  });
});
