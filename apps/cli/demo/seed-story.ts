import type { ClaimStatus, Instant, SourceKind, Stance, ThreadStatus } from '#domain';
import story from './kim-russia-2023.json' with { type: 'json' };

/** One real wire story of 11 September 2023, with the status expected after each step. */
export interface SeedStory {
  readonly thread: {
    readonly slug: string;
    readonly headline: string;
    readonly desk: string;
    readonly topics: readonly string[];
    readonly language: string;
  };
  readonly sources: readonly {
    readonly key: string;
    readonly name: string;
    readonly kind: SourceKind;
    readonly group: string;
    readonly trustedConduit?: boolean;
  }[];
  readonly claims: readonly {
    readonly key: string;
    readonly core: boolean;
    readonly statement: string;
    readonly standing: readonly string[];
  }[];
  readonly attributions: readonly {
    readonly n: number;
    readonly claim: string;
    readonly stance: Stance;
    readonly source: string;
    readonly via: readonly string[];
    readonly onRecord: boolean;
    readonly tentative?: boolean;
    readonly quote?: string;
    readonly statedAt: Instant;
    readonly expect: { readonly claim: ClaimStatus; readonly basis?: string; readonly thread: ThreadStatus };
  }[];
}

export const seedStory = story as SeedStory;
