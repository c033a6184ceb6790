import type { SourceId, ThreadId } from '#domain';
import type { ReplayStep } from './steps.js';

/** What sources and threads are called now; of a sealed source its label. */
export interface Names {
  readonly sources: ReadonlyMap<SourceId, string>;
  /** Slugs. */
  readonly threads: ReadonlyMap<ThreadId, string>;
}

/** Whom the sentences of some steps speak of. */
export function namesIn(steps: readonly ReplayStep[]): { readonly sources: SourceId[]; readonly threads: ThreadId[] } {
  const sources = new Set<SourceId>();
  const threads = new Set<ThreadId>();
  for (const { stored, attribution } of steps) {
    const { data } = stored.event;
    if (attribution?.speaker) sources.add(attribution.speaker.sourceId);
    for (const { sourceId } of attribution?.via ?? []) sources.add(sourceId);
    if ('takenBackBy' in data) sources.add(data.takenBackBy);
    if ('otherThreadId' in data) threads.add(data.otherThreadId);
  }
  return { sources: [...sources], threads: [...threads] };
}
