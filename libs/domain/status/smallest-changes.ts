import type { ComputedClaimStatus } from '../vocabulary.js';
import type { Addition, AsOf, AssessableAttribution, StatusChange } from './assessment.js';
import { claimStatus } from './claim-status.js';
import type { StatusPolicy } from './policy.js';

/** From the weakest to the strongest: what a newsroom gets most easily comes first. */
const ADDITIONS: readonly Addition[] = [
  { stance: 'no_comment', speaker: 'independent', tentative: false },
  { stance: 'report', speaker: 'unvouched', tentative: false },
  { stance: 'deny', speaker: 'unvouched', tentative: false },
  { stance: 'report', speaker: 'independent', tentative: true },
  { stance: 'report', speaker: 'independent', tentative: false },
  { stance: 'deny', speaker: 'independent', tentative: true },
  { stance: 'deny', speaker: 'independent', tentative: false },
  { stance: 'confirm', speaker: 'party', tentative: true },
  { stance: 'confirm', speaker: 'party', tentative: false },
  { stance: 'deny', speaker: 'party', tentative: true },
  { stance: 'deny', speaker: 'party', tentative: false },
];

/**
 * The single additions that would change a claim's status, found by trying them: for each status within reach the
 * weakest addition that leads there, the smallest first. Empty when no single addition changes anything.
 */
export function possibleChanges(
  attributions: readonly AssessableAttribution[],
  policy: StatusPolicy,
  at: AsOf = {},
): readonly StatusChange[] {
  const now = claimStatus(attributions, policy, at);
  const reached = new Set<ComputedClaimStatus>([now.status]);
  const changes: StatusChange[] = [];
  for (const addition of ADDITIONS) {
    const becomes = claimStatus([...attributions, hypothetical(addition, attributions, at)], policy, at).status;
    if (reached.has(becomes)) continue;
    reached.add(becomes);
    changes.push({ addition, becomes, sentence: `${inWords(addition)} makes it ${becomes.replaceAll('_', ' ')}` });
  }
  return changes;
}

/** A speaker not heard yet, of a group not heard yet, who speaks last. */
function hypothetical(
  { stance, speaker, tentative }: Addition,
  attributions: readonly AssessableAttribution[],
  at: AsOf,
): AssessableAttribution {
  const last = attributions.at(-1);
  return {
    attributionId: 'hypothetical',
    stance,
    speaker: { sourceId: 'hypothetical', kind: speaker === 'unvouched' ? 'unnamed' : 'person', group: 'hypothetical' },
    via: [],
    onRecord: speaker !== 'unvouched',
    vouchedBy: null,
    tentative,
    standing: speaker === 'party',
    quote: null,
    statedAt: at.statedUntil ?? last?.statedAt ?? '9999-12-31T23:59:59.999Z',
    recordedAt: at.recordedUntil ?? last?.recordedAt ?? '9999-12-31T23:59:59.999Z',
    revision: (last?.revision ?? -1n) + 1n,
    takenBack: null,
  };
}

const SPEAKERS = { party: 'official', independent: 'independent', unvouched: 'unvouched unnamed' } as const;
const STANCES = {
  report: 'report',
  confirm: 'confirmation',
  deny: 'denial',
  no_comment: 'refusal to comment',
} as const;

function inWords({ stance, speaker, tentative }: Addition): string {
  if (stance === 'no_comment') return 'one refusal to comment';
  return `one ${tentative ? 'tentative' : 'firm'} ${SPEAKERS[speaker]} ${STANCES[stance]}`;
}
