import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from '../problems/api-error.js';

/** Requests a minute; 0: without limit. */
export interface RateLimitSettings {
  readonly ofKey: number;
  readonly ofAddress: number;
}

export type RateLimitName = 'key' | 'address';

const SECONDS = 60;

/**
 * How much one caller may ask of this process in a minute, by API key and by address. Each answer says in `RateLimit` what
 * is left, as draft-ietf-httpapi-ratelimit-headers has it. Each process counts by itself, in memory.
 */
export class RateLimits {
  private readonly limiters: ReadonlyMap<RateLimitName, RateLimiterMemory>;

  constructor(
    settings: RateLimitSettings,
    private readonly onLimited: (limit: RateLimitName) => void,
  ) {
    const all: readonly [RateLimitName, number][] = [
      ['address', settings.ofAddress],
      ['key', settings.ofKey],
    ];
    this.limiters = new Map(
      all
        .filter(([, points]) => points > 0)
        .map(([name, points]) => [name, new RateLimiterMemory({ points, duration: SECONDS })]),
    );
  }

  has(name: RateLimitName): boolean {
    return this.limiters.has(name);
  }

  /** @throws ApiError too_many_requests */
  async take(name: RateLimitName, caller: string, reply: FastifyReply): Promise<void> {
    const limiter = this.limiters.get(name);
    if (limiter === undefined) return;
    const taken = await limiter.consume(name === 'address' ? networkOf(caller) : caller).catch((reached: unknown) => {
      if (reached instanceof RateLimiterRes) return reached;
      throw reached;
    });
    const seconds = Math.max(1, Math.ceil(taken.msBeforeNext / 1_000));
    add(reply, 'ratelimit-policy', `"${name}";q=${limiter.points};w=${SECONDS}`);
    add(reply, 'ratelimit', `"${name}";r=${Math.max(0, taken.remainingPoints)};t=${seconds}`);
    if (taken.consumedPoints <= limiter.points) return;
    this.onLimited(name);
    throw new ApiError(
      'too_many_requests',
      `More than ${limiter.points} requests a minute of this ${name === 'key' ? 'API key' : 'address'}. Repeat this one in ${seconds} seconds.`,
      { headers: { 'retry-after': String(seconds) } },
    );
  }
}

/** Whoever has one IPv6 address has 2^64 of them. */
function networkOf(address: string): string {
  if (!address.includes(':') || /\.\d+$/.test(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const last = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups.length - last.length;
  return [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...last].slice(0, 4).join(':');
}

/** One list for all limits that hold for the request. */
function add(reply: FastifyReply, header: string, item: string): void {
  const before = reply.getHeader(header);
  reply.header(header, typeof before === 'string' ? `${before}, ${item}` : item);
}
