import { setTimeout as delay } from 'node:timers/promises';
import { AccessDeniedError, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { EventStoreUnavailable } from '../errors.js';
import { isPassing, wantsNewConnection, within } from './server-fault.js';

export interface ConnectionLimits {
  /** How long one answer is waited for before its connection counts as dead. */
  readonly answerMs: number;
  /** How long a request whose outcome is unknown is tried again: longer than a cluster takes to find a leader. */
  readonly retryMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { answerMs: 5_000, retryMs: 15_000 };

const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 1_000;
/** Not more often, however many requests fail together. */
const RENEW_EVERY_MS = 1_000;
/** Failures in a row after which the client's own reconnecting is not trusted any more. */
const TRUSTED_FAILURES = 3;

/**
 * The client and what it leaves to its users: a time limit for every answer, and another connection in place of one that
 * has died without a word.
 */
export class Connection {
  private current: KurrentDBClient;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private renewed = 0;
  private readonly renewals = new Set<() => void>();

  constructor(
    private readonly url: string,
    readonly limits: ConnectionLimits = CONNECTION_LIMITS,
  ) {
    this.current = connect(url, 0);
  }

  get client(): KurrentDBClient {
    return this.current;
  }

  /** Called when there is another client; what was under way on the one before is cancelled. */
  onRenewed(listener: () => void): void {
    this.renewals.add(listener);
  }

  /** One question. @throws NoAnswer, or what the client throws */
  async ask<T>(question: (client: KurrentDBClient) => Promise<T>, answerMs = this.limits.answerMs): Promise<T> {
    const client = this.current;
    try {
      return await within(answerMs, question(client));
    } catch (error) {
      if (wantsNewConnection(error)) this.renew(client);
      throw error;
    }
  }

  /**
   * Repeats the work until it succeeds or the server decides against it.
   *
   * @throws EventStoreUnavailable when the time is over
   */
  async persistently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const giveUpAt = performance.now() + this.limits.retryMs;
    for (let tries = 0; ; tries++) {
      const client = this.current;
      try {
        return await work();
      } catch (error) {
        if (error instanceof AccessDeniedError) {
          throw new EventStoreUnavailable('The event store refuses the account. Check its rights.', { cause: error });
        }
        if (!isPassing(error)) throw error;
        const pause = pauseAfter(tries);
        if (signal?.aborted || performance.now() + pause >= giveUpAt) {
          throw new EventStoreUnavailable('The event store did not answer. Retry with the same event ids.', {
            cause: error,
          });
        }
        if ((tries + 1) % TRUSTED_FAILURES === 0) this.renew(client);
        await delay(pause);
      }
    }
  }

  /** Puts another client in the place of one that failed, unless that has been done. */
  renew(failed: KurrentDBClient): void {
    if (failed !== this.current || performance.now() - this.renewedAt < RENEW_EVERY_MS) return;
    this.renewedAt = performance.now();
    this.current = connect(this.url, ++this.renewed);
    void discard(failed);
    for (const listener of this.renewals) listener();
  }

  async close(): Promise<void> {
    this.renewals.clear();
    await discard(this.current);
  }
}

/** With jitter, so that many processes do not come back at one moment. */
export function pauseAfter(failures: number): number {
  return Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 16)) * (0.5 + Math.random() / 2);
}

const KEEP_ALIVE_TIMEOUT = /([?&]keep[_-]?alive[_-]?timeout=)(\d+)/i;
const KEEP_ALIVE_TIMEOUT_MS = 10_000;

/**
 * Channels to one address with the same options share their connection, the dead one too. One that is to be another has
 * other options: a keep-alive that is some milliseconds longer.
 */
function connect(url: string, renewed: number): KurrentDBClient {
  const longer = (ms: string | number) => `${Number(ms) + renewed}`;
  const separate = KEEP_ALIVE_TIMEOUT.test(url)
    ? url.replace(KEEP_ALIVE_TIMEOUT, (_, name: string, ms: string) => name + longer(ms))
    : `${url}${url.includes('?') ? '&' : '?'}keepAliveTimeout=${longer(KEEP_ALIVE_TIMEOUT_MS)}`;
  // The same protocol under its former name, about which the client warns on the console.
  return KurrentDBClient.connectionString(separate.replace(/^esdb/, 'kurrentdb'));
}

async function discard(client: KurrentDBClient): Promise<void> {
  await client.dispose().catch(() => undefined);
}
