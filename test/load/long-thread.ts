import pMap from 'p-map';
import type { CommandContext, Sources, Threads } from '#application';
import { STANCES } from '#domain';
import { newId } from '#platform';

const CLAIMS = 25;
const SOURCES = 200;
const SPEAKERS_A_CLAIM = 40;

/** A story that went on for months: some 25 claims, 200 sources, every fiftieth word taken back. */
export async function longThread(
  { threads, sources }: { readonly threads: Threads; readonly sources: Sources },
  events: number,
): Promise<string> {
  const ids: string[] = [];
  for (let n = 0; n < SOURCES; n++) {
    const details = { name: `Source ${n}`, kind: 'outlet', group: `outlet:${n}`, trustedConduit: n % 3 === 0 } as const;
    ids.push((await sources.register({ key: `source-${n}`, ...details }, contextOf())).sourceId);
  }
  const claims = Array.from({ length: CLAIMS }, (_, n) => ({
    key: `claim-${n}`,
    statement: `It happened in place ${n}`,
    core: n < 5,
    standing: ids.slice(n, n + 2),
  }));
  const details = { slug: 'long', headline: 'A story that went on', desk: 'world', topics: [], language: 'en' };
  const { threadId } = await threads.open({ ...details, claims, attributions: [] }, contextOf());
  let left = events - CLAIMS - 1;
  const words = Array.from({ length: left }, (_, n) => n);
  await pMap(
    words,
    async (n) => {
      if (left-- <= 0) return;
      const { attributionId } = await threads.record(threadId, word(n, ids), contextOf());
      if (n % 50 !== 0 || left-- <= 0) return;
      await threads.void(threadId, attributionId ?? '', 'Entered twice.', contextOf());
    },
    { concurrency: 64 },
  );
  return threadId;
}

function word(n: number, ids: readonly string[]) {
  const claim = n % CLAIMS;
  return {
    claim: `claim-${claim}`,
    key: `word-${n}`,
    stance: STANCES[n % 11 === 0 ? 2 : n % 7 === 0 ? 1 : 0] ?? 'report',
    speaker: ids[(claim * 7 + (n % SPEAKERS_A_CLAIM)) % SOURCES] ?? null,
    via: [ids[n % SOURCES] ?? ''],
    onRecord: true,
    vouchedBy: null,
    tentative: n % 5 === 0,
    standing: null,
    statedAt: new Date(Date.UTC(2023, 8, 1) + n * 60_000).toISOString(),
    quote: 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.',
    url: `https://example.org/wire/${n}`,
    note: null,
  };
}

function contextOf(): CommandContext {
  const commandId = newId();
  return {
    commandId,
    actor: { id: 'key:bench', name: 'Bench' },
    correlationId: commandId,
    batchId: null,
    now: new Date().toISOString(),
  };
}
