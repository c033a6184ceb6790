import {
  type AttributionInput,
  type CommandContext,
  derivedId,
  type Sources,
  type ThreadReceipt,
  type Threads,
} from '#application';
import type { Stance } from '#domain';
import { type SeedStory, seedStory } from './seed-story.js';

export const DEMO = '018a8b7c-0000-7000-8000-000000000000';
const VERBS: Readonly<Record<Stance, string>> = {
  report: 'reports',
  confirm: 'confirms',
  deny: 'denies',
  no_comment: 'declines to comment on',
};

type Step = SeedStory['attributions'][number];

export interface Demo {
  readonly slug: string;
  /** What each attribution did, one line each; none of a story that was told before. */
  readonly lines: readonly string[];
}

/** Tells the seed story, each step under an id of its own: told twice, it adds nothing. */
export async function loadDemo({
  threads,
  sources,
}: {
  readonly threads: Threads;
  readonly sources: Sources;
}): Promise<Demo> {
  for (const { trustedConduit = false, ...source } of seedStory.sources) {
    await sources.register({ ...source, trustedConduit }, contextOf(`source/${source.key}`));
  }
  const { thread, claims } = seedStory;
  const { threadId } = await threads.open({ ...thread, claims, attributions: [] }, contextOf('thread'));
  const lines: string[] = [];
  const statuses = new Map<string, string>();
  for (const step of seedStory.attributions) {
    const receipt = await threads.record(threadId, attributionOf(step), contextOf(`attribution/${step.n}`));
    if (receipt.changed) lines.push(lineOf(step, receipt, statuses));
  }
  return { slug: thread.slug, lines };
}

function attributionOf(step: Step): AttributionInput {
  const { n, claim, stance, source, via, onRecord, tentative = false, quote = null, statedAt } = step;
  return {
    claim,
    stance,
    speaker: source,
    via,
    onRecord,
    tentative,
    quote,
    key: `demo-${n}`,
    vouchedBy: null,
    standing: null,
    statedAt: new Date(statedAt).toISOString(),
    url: null,
    note: null,
  };
}

/** Such as "2023-09-11  The Kremlin, via TASS, confirms visit: corroborated -> confirmed". */
function lineOf(step: Step, { claimId, standing }: ThreadReceipt, statuses: Map<string, string>): string {
  const nameOf = (key: string) => seedStory.sources.find((source) => source.key === key)?.name ?? key;
  const carriers = step.via.length === 0 ? '' : `, via ${step.via.map(nameOf).join(' and ')},`;
  const before = statuses.get(step.claim) ?? 'open';
  const after = standing.claims.get(claimId ?? '')?.status ?? before;
  statuses.set(step.claim, after);
  const change = before === after ? `still ${after}` : `${before} -> ${after}`;
  const told = `${step.statedAt.slice(0, 10)}  ${nameOf(step.source)}${carriers} ${VERBS[step.stance]} "${step.claim}"`;
  return `${told.padEnd(86)} ${change.padEnd(28)} thread ${standing.status}`;
}

function contextOf(step: string): CommandContext {
  return {
    commandId: derivedId(DEMO, step),
    actor: { id: 'system:demo', name: 'Demo' },
    correlationId: 'demo',
    batchId: null,
    now: new Date().toISOString(),
  };
}
