import type { AssessableAttribution } from '../status/assessment.js';
import type { SourceKind, Stance } from '../vocabulary.js';

/** What is particular to one attribution; the rest is filled in. */
export interface Word {
  readonly by?: string | null;
  readonly group?: string;
  readonly kind?: SourceKind;
  readonly stance?: Stance;
  readonly standing?: boolean;
  readonly tentative?: boolean;
  readonly quote?: string;
  readonly onRecord?: boolean;
  readonly vouched?: boolean;
  /** Carriers; `!` marks a trusted conduit. */
  readonly via?: readonly string[];
  /** Minutes into the story; the place in the list when left out. */
  readonly at?: number;
  readonly takenBack?: 'voided' | 'retracted' | 'corrected';
}

/** A party that confirms or denies on record. */
export const official = (stance: Stance, by = 'kremlin'): Word => ({ by, stance, standing: true });
/** A named speaker without standing. */
export const person = (by: string, stance: Stance = 'report'): Word => ({ by, stance });
/** An unnamed speaker nobody vouches for. */
export const unnamed = (by = 'a senior official', stance: Stance = 'report'): Word => ({
  by,
  stance,
  kind: 'unnamed',
  onRecord: false,
});

/** Attributions as they were told, one a minute. The first has the id `1`. */
export function told(...words: readonly Word[]): readonly AssessableAttribution[] {
  return words.map((word, index) => {
    const { by = 'somebody', kind = 'person', stance = 'report', via = [], at = index } = word;
    const statedAt = moment(at);
    return {
      attributionId: String(index + 1),
      stance,
      speaker: by === null ? null : { sourceId: by, kind, group: word.group ?? by },
      via: via.map((name) => ({ trustedConduit: name.endsWith('!') })),
      onRecord: word.onRecord ?? true,
      vouchedBy: word.vouched === true ? 'Ann' : null,
      tentative: word.tentative ?? false,
      standing: word.standing ?? false,
      quote: word.quote ?? null,
      statedAt,
      recordedAt: moment(index),
      revision: BigInt(index),
      takenBack:
        word.takenBack === undefined
          ? null
          : {
              how: word.takenBack,
              statedAt: word.takenBack === 'voided' ? null : moment(1_000),
              recordedAt: moment(1_000),
              replacedBy: word.takenBack === 'corrected' ? 'another' : null,
            },
    };
  });
}

export function moment(minutes: number): string {
  return new Date(Date.UTC(2023, 8, 11) + minutes * 60_000).toISOString();
}
