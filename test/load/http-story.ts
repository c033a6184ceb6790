import { newId } from '#platform';
import type { Ledger } from '../../apps/cli/ledger.js';

const WORDS =
  `a official said that train carrying leader has left capital early on morning after talks with the ministry about
grain harbour border ceasefire convoy election bank strike flood vaccine reactor summit treaty pipeline tariff inquiry
minister court army union hospital airport bridge company witness report denied confirmed expected unlikely`.split(
    /\s+/,
  );

export const SLUGS = 200;
export const CLAIMS = 5;

export function slug(n: number): string {
  return `bench-story-${n}`;
}

/** Threads as newsrooms have them, each of five claims and some words on each, and the sources that speak. */
export async function fillNewsroom(ledger: Ledger, attributionsAThread: number): Promise<void> {
  await registerSources(ledger);
  await openThreads(ledger, 0, attributionsAThread);
}

export async function registerSources({ sources }: Ledger): Promise<void> {
  for (const [n, key] of SOURCES.entries()) {
    const details = { name: key, kind: 'agency', group: `agency:${n}`, trustedConduit: true } as const;
    await sources.register({ key, ...details }, contextOf());
  }
}

/** As many as there are slugs, from one of a number on. */
export async function openThreads({ threads }: Ledger, first: number, attributionsAThread: number): Promise<void> {
  await Promise.all(
    Array.from({ length: SLUGS }, async (_, thread) => {
      const n = first + thread;
      const claims = Array.from({ length: CLAIMS }, (_, claim) => ({
        key: `claim-${claim}`,
        statement: sentence(n * CLAIMS + claim),
        core: true,
        standing: [],
      }));
      const details = { slug: slug(n), headline: sentence(n), desk: 'world', topics: ['bench'], language: 'en' };
      const { threadId } = await threads.open({ ...details, claims, attributions: [] }, contextOf());
      for (let at = 0; at < attributionsAThread; at++) {
        const { source, claim, url, ...words } = attributionBody(n * 1_000 + at);
        const rest = { speaker: source, vouchedBy: null, standing: null, note: null, key: null, claim, url };
        await threads.record(threadId, { ...words, ...rest }, contextOf());
      }
    }),
  );
}

function contextOf() {
  const commandId = newId();
  const actor = { id: 'key:bench', name: 'Bench' };
  return { commandId, actor, correlationId: commandId, batchId: null, now: new Date().toISOString() };
}

/** As a wire ingester posts them: by slug and keys, each in words of its own; about 400 bytes. */
export function attributionBody(n: number) {
  return {
    claim: `claim-${n % CLAIMS}`,
    stance: n % 7 === 0 ? ('deny' as const) : ('report' as const),
    source: SOURCES[n % SOURCES.length] ?? '',
    via: [SOURCES[(n + 1) % SOURCES.length] ?? ''],
    onRecord: true,
    tentative: n % 3 === 0,
    statedAt: '2023-09-11T08:12:00.000Z',
    quote: `${sentence(n)}. ${sentence(n + 1_000_003)}.`,
    url: `https://example.org/wire/2023/09/11/${n}`,
  };
}

const SOURCES = Array.from({ length: 20 }, (_, n) => `wire-${n}`);

/** Twelve words; the same for the same number. */
function sentence(n: number): string {
  let state = (n + 1) * 2_654_435_761;
  const word = () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return WORDS[state % WORDS.length] ?? '';
  };
  return Array.from({ length: 12 }, word).join(' ');
}
