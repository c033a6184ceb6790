import { type CommandContext, derivedId, type Sources, type Threads } from '#application';
import { seedStory } from './seed-story.js';

const DEMO = '018a8b7c-0000-7000-8000-000000000000';

/** Tells the seed story, each step under an id of its own: told twice, it adds nothing. */
export async function loadDemo({
  threads,
  sources,
}: {
  readonly threads: Threads;
  readonly sources: Sources;
}): Promise<string> {
  for (const { trustedConduit = false, ...source } of seedStory.sources) {
    await sources.register({ ...source, trustedConduit }, contextOf(`source/${source.key}`));
  }
  const { thread, claims } = seedStory;
  const { threadId } = await threads.open({ ...thread, claims, attributions: [] }, contextOf('thread'));
  for (const {
    n,
    claim,
    stance,
    source,
    via,
    onRecord,
    tentative = false,
    quote = null,
    statedAt,
  } of seedStory.attributions) {
    const attribution = { claim, stance, speaker: source, via, onRecord, tentative, quote };
    await threads.record(
      threadId,
      {
        ...attribution,
        key: `demo-${n}`,
        vouchedBy: null,
        standing: null,
        statedAt: new Date(statedAt).toISOString(),
        url: null,
        note: null,
      },
      contextOf(`attribution/${n}`),
    );
  }
  return thread.slug;
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
