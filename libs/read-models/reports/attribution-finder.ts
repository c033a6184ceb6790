import type { AttributionId, ClaimStatusResult, Instant, SourceId, Voice } from '#domain';
import type { ThreadFold, ThreadStep } from '../projection/thread-folds.js';

interface Said {
  readonly statedAt: Instant;
  readonly tentative: boolean;
  readonly speaker: { readonly sourceId: SourceId } | null;
}

/**
 * What was said in an attribution that an assessment names. A fold stands at the end of its batch: what an unmerge took
 * out of it by then is found in the event that did so.
 */
export class AttributionFinder {
  private readonly parted = new Map<AttributionId, Said>();

  constructor(steps: readonly ThreadStep[]) {
    for (const { stored } of steps) {
      if (stored.event.type !== 'ThreadUnmerged') continue;
      for (const one of stored.event.data.claims.flatMap(({ attributions }) => attributions)) {
        this.parted.set(one.attributionId, one);
      }
    }
  }

  /** When the first of them that does not hedge was said. */
  firstFirm(ids: readonly AttributionId[], fold: ThreadFold): Instant | null {
    const firm = this.find(ids, fold).filter(({ tentative }) => !tentative);
    return firm.map(({ statedAt }) => statedAt).toSorted()[0] ?? null;
  }

  /** When the first word on the claim was said, what was voided left out. */
  firstSaid({ for: supporting, against, setAside }: ClaimStatusResult, fold: ThreadFold): Instant | undefined {
    const counted = [...supporting, ...against].flatMap(({ attributionIds }) => attributionIds);
    const others = setAside.filter(({ reason }) => reason !== 'voided').map(({ attributionId }) => attributionId);
    return this.find([...counted, ...others], fold)
      .map(({ statedAt }) => statedAt)
      .toSorted()[0];
  }

  speakers(voices: readonly Voice[], fold: ThreadFold): readonly SourceId[] {
    const ids = voices.flatMap(({ attributionIds }) => attributionIds);
    return [...new Set(this.find(ids, fold).flatMap(({ speaker }) => speaker?.sourceId ?? []))].toSorted();
  }

  private find(ids: readonly AttributionId[], { state }: ThreadFold): readonly Said[] {
    return ids.flatMap((id) => state.attributions.get(id) ?? this.parted.get(id) ?? []);
  }
}

/** Null where one of them is not known. */
export function secondsBetween(from: Instant | undefined, until: Instant | undefined): number | null {
  return from === undefined || until === undefined ? null : (Date.parse(until) - Date.parse(from)) / 1_000;
}
