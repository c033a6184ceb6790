import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from '../problems/api-error.js';

const TRIES = 10;
const SECONDS = 60;

/**
 * Bounds the failed tries of one address. A key has 256 random bits, so this guards the process and the log rather than
 * the keys, and counting in each process by itself is enough.
 */
@Injectable()
export class SignInLimit {
  private readonly tries = new RateLimiterMemory({ points: TRIES, duration: SECONDS });

  /** @throws ApiError too_many_requests */
  async take(address: string): Promise<void> {
    try {
      await this.tries.consume(address);
    } catch (reached) {
      if (!(reached instanceof RateLimiterRes)) throw reached;
      const seconds = Math.max(1, Math.ceil(reached.msBeforeNext / 1000));
      throw new ApiError('too_many_requests', `Too many tries to sign in. Try again in ${seconds} seconds.`, {
        headers: { 'retry-after': String(seconds) },
      });
    }
  }

  /** A try that succeeded does not count. */
  async giveBack(address: string): Promise<void> {
    await this.tries.reward(address);
  }
}
