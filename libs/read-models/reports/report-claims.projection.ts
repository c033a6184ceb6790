import type { ClaimAssessment, ClaimId, ClaimStatus, Voice } from '#domain';
import type { Projection } from '../projection/projection.js';
import type { ThreadFold, ThreadStep } from '../projection/thread-folds.js';
import { AttributionFinder, secondsBetween } from './attribution-finder.js';
import { ReportClaimEntity, type ReportClaimRow } from './report-claim.entity.js';

export const reportClaimsProjection: Projection = {
  name: 'report-claims',
  version: 2,
  entities: [ReportClaimEntity],
  // A claim that a merge carries has one row, whichever thread it is in: what was first there is by the log.
  waits: 'log',
  apply({ steps }, tables) {
    const claims = new Map<ClaimId, ReportClaimRow>();
    const finder = new AttributionFinder(steps);
    for (const step of steps) {
      for (const [claimId, is] of step.after.claims) {
        const was = step.before.claims.get(claimId);
        if (was === is && !step.touched.has(claimId)) continue;
        const row = rowOf(step, was, is, finder);
        if (row !== null) claims.set(claimId, withFirsts(claims.get(claimId), row));
      }
    }
    tables.execute(ReportClaimEntity, (table) => UPSERT.replaceAll('TABLE', table), [...claims.values()]);
  },
};

/** Those that stay what they were first. */
const FIRSTS = [
  ['openedAt', 'opened_at'],
  ['confirmedAt', 'confirmed_at'],
  ['confirmedBy', 'confirmed_by'],
] as const;
/** Likewise, but the first of them decides of the others, which may be null. */
const FIRST_TOGETHER = [
  [
    ['firstVoiceAt', 'first_voice_at'],
    ['firstVoiceBy', 'first_voice_by'],
  ],
  [
    ['secondVoiceAt', 'second_voice_at'],
    ['secondVoiceStatedSeconds', 'second_voice_stated_seconds'],
  ],
  [
    ['settledAt', 'settled_at'],
    ['settledAs', 'settled_as'],
    ['settledStatedSeconds', 'settled_stated_seconds'],
    ['settledBy', 'settled_by'],
  ],
  [
    ['fallenAt', 'fallen_at'],
    ['fallenTo', 'fallen_to'],
    ['fallenBy', 'fallen_by'],
  ],
] as const;

const COLUMNS = ['claim_id', 'thread_id', 'status', 'is_open', ...FIRSTS.map(([, column]) => column)].concat(
  FIRST_TOGETHER.flat().map(([, column]) => column),
);
const UPSERT = `
  INSERT INTO TABLE AS c (${COLUMNS.join()})
  SELECT ${COLUMNS.join()} FROM json_populate_recordset(NULL::TABLE, $1)
  ON CONFLICT (claim_id) DO UPDATE SET thread_id = excluded.thread_id, status = excluded.status,
    is_open = excluded.is_open, ${FIRSTS.map(([, column]) => `${column} = coalesce(c.${column}, excluded.${column})`).join()},
    ${FIRST_TOGETHER.flatMap(([[, first], ...others]) =>
      [first, ...others.map(([, column]) => column)].map(
        (column) => `${column} = CASE WHEN c.${first} IS NULL THEN excluded.${column} ELSE c.${column} END`,
      ),
    ).join()}`;

/** What the statement does with rows, for those of one batch. */
function withFirsts(earlier: ReportClaimRow | undefined, later: ReportClaimRow): ReportClaimRow {
  if (earlier === undefined) return later;
  const firsts = FIRSTS.map(([name]) => [name, earlier[name] ?? later[name]]);
  const together = FIRST_TOGETHER.flatMap((names) => {
    const from = earlier[names[0][0]] === null ? later : earlier;
    return names.map(([name]) => [name, from[name]]);
  });
  return { ...later, ...Object.fromEntries([...firsts, ...together]) };
}

/** Null: the row that is there says so already. A first is told once; when it comes again, the row has it. */
function rowOf(
  { stored, after, fold }: ThreadStep,
  was: ClaimAssessment | undefined,
  is: ClaimAssessment,
  finder: AttributionFinder,
): ReportClaimRow | null {
  const { event, recordedAt } = stored;
  const { claimId, status, computed } = is;
  // Of a claim that is carried, the row may tell of the other thread.
  const told = 'claims' in event.data ? undefined : was;
  const firm = computed.for.filter((voice) => voice.firm);
  const firmBefore = told?.computed.for.filter((voice) => voice.firm).length ?? 0;
  if (told?.status === status && Math.min(firm.length, 2) <= firmBefore) return null;
  const hasFirst = firm.length >= 1 && firmBefore < 1;
  const hasSecond = firm.length >= 2 && firmBefore < 2;
  const settledAs = settlementBy(told?.status) === null ? settlementBy(status) : null;
  const isConfirmed = status === 'confirmed' && told?.status !== 'confirmed';
  const falls = was?.status === 'confirmed' && status !== 'confirmed' && status !== 'moot' && status !== 'lapsed';
  const attribution = 'speaker' in event.data ? event.data : null;
  return {
    claimId,
    threadId: fold.state.threadId ?? '',
    status,
    isOpen: after.openQuestions.includes(claimId),
    openedAt: recordedAt,
    firstVoiceAt: hasFirst ? recordedAt : null,
    firstVoiceBy: hasFirst ? finder.speakers(firm, fold) : null,
    secondVoiceAt: hasSecond ? recordedAt : null,
    secondVoiceStatedSeconds: hasSecond ? secondsToSecond(firm, fold, finder) : null,
    settledAt: settledAs === null ? null : recordedAt,
    settledAs,
    settledStatedSeconds:
      settledAs === null || attribution === null
        ? null
        : secondsBetween(finder.firstSaid(computed, fold), attribution.statedAt),
    settledBy:
      settledAs === null ? null : finder.speakers(settledAs === 'confirmed' ? computed.for : computed.against, fold),
    confirmedAt: isConfirmed ? recordedAt : null,
    confirmedBy: isConfirmed ? finder.speakers(computed.for, fold) : null,
    fallenAt: falls ? recordedAt : null,
    fallenTo: falls ? status : null,
    fallenBy: falls ? event.type : null,
  };
}

function settlementBy(status: ClaimStatus | undefined): 'confirmed' | 'denied' | null {
  return status === 'confirmed' || status === 'denied' ? status : null;
}

/** From the first firm voice to the second, by when they were said. */
function secondsToSecond(firm: readonly Voice[], fold: ThreadFold, finder: AttributionFinder): number | null {
  const said = firm.flatMap((voice) => finder.firstFirm(voice.attributionIds, fold) ?? []).toSorted();
  return secondsBetween(said[0], said[1]);
}
