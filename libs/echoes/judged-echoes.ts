import type { StatusPolicy } from '#domain';
import type { Echo } from './echo-index.js';

/** An echo, and what the policy of the thread makes of it. */
export interface JudgedEcho extends Echo {
  /** The two are one voice, which is counted once; when false, each is counted for its group. */
  readonly oneVoice: boolean;
}

export function judged(echoes: readonly Echo[], policy: StatusPolicy): readonly JudgedEcho[] {
  return echoes.map((echo) => ({ ...echo, oneVoice: isOneVoice(echo, policy) }));
}

function isOneVoice({ kind }: Echo, policy: StatusPolicy): boolean {
  switch (kind) {
    case 'same_speaker':
    case 'same_group':
      return true;
    case 'same_words':
      return policy.sameWordsAreOneVoice;
    case 'near_words':
      // A status must not rest on how a library measures likeness.
      return false;
  }
}
