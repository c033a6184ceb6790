import type { CommandContext, Sources, Threads } from '#application';
import { newId } from '#platform';
import type { SeedStory } from './seed-story.js';

export function commandContext(overrides: Partial<CommandContext> = {}): CommandContext {
  return {
    commandId: newId(),
    actor: { id: 'key:test', name: 'test desk' },
    correlationId: 'test',
    batchId: null,
    now: new Date().toISOString(),
    ...overrides,
  };
}

export interface Newsroom {
  readonly threads: Threads;
  readonly sources: Sources;
}

/** Registers the sources and opens the thread with its claims, under a slug and keys of its own if given a suffix. */
export async function openStory({ threads, sources }: Newsroom, story: SeedStory, suffix = ''): Promise<string> {
  for (const { trustedConduit = false, key, ...source } of story.sources) {
    await sources.register({ ...source, key: `${key}${suffix}`, trustedConduit }, commandContext());
  }
  const claims = story.claims.map((claim) => ({ ...claim, standing: claim.standing.map((key) => `${key}${suffix}`) }));
  const slug = `${story.thread.slug}${suffix}`;
  const opened = await threads.open({ ...story.thread, slug, claims, attributions: [] }, commandContext());
  return opened.threadId;
}

/** Opens the story and records its words, one after the other. */
export async function tellStory(newsroom: Newsroom, story: SeedStory): Promise<string> {
  const threadId = await openStory(newsroom, story);
  for (const step of story.attributions) {
    await newsroom.threads.record(threadId, attributionInput(step), commandContext());
  }
  return threadId;
}

export function attributionInput(step: SeedStory['attributions'][number], suffix = '') {
  return {
    claim: step.claim,
    key: `step-${step.n}`,
    stance: step.stance,
    speaker: `${step.source}${suffix}`,
    via: step.via.map((key) => `${key}${suffix}`),
    onRecord: step.onRecord,
    vouchedBy: null,
    tentative: step.tentative ?? false,
    standing: null,
    statedAt: new Date(step.statedAt).toISOString(),
    quote: step.quote ?? null,
    url: null,
    note: null,
  };
}
