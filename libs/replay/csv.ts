import { stringify } from 'csv-stringify/sync';
import type { ReplayRecord } from './record.js';

const COLUMNS = [
  'revision',
  'position',
  'event_id',
  'type',
  'recorded_at',
  'stated_at',
  'actor',
  'claim',
  'attribution_id',
  'status_from',
  'status_to',
  'rule_from',
  'rule_to',
  'basis_from',
  'basis_to',
  'thread_from',
  'thread_to',
  'policy',
  'questions_opened',
  'questions_closed',
  'other_claims',
  'echoes',
  'sentence',
] as const;

/**
 * One line a step, with a line of names first. A cell that a spreadsheet would take for a formula is given an
 * apostrophe in front: headlines and quotes are other people's text.
 */
export function replayCsv(records: readonly ReplayRecord[]): string {
  return stringify(records.map(cells), { header: true, columns: [...COLUMNS], escape_formulas: true });
}

function cells(record: ReplayRecord): Record<(typeof COLUMNS)[number], string | null> {
  const { claimId, claims, thread, openQuestions } = record;
  const own = claims.find((claim) => claim.claimId === claimId);
  const others = claims.filter((claim) => claim.claimId !== claimId);
  const nameOf = (id: string) => claims.find((claim) => claim.claimId === id)?.key ?? id;
  return {
    revision: record.revision,
    position: record.position,
    event_id: record.eventId,
    type: record.type,
    recorded_at: record.recordedAt,
    stated_at: record.statedAt,
    actor: record.actor.name,
    claim: record.claimKey ?? claimId,
    attribution_id: record.attributionId,
    status_from: own?.from?.status ?? null,
    status_to: own?.to?.status ?? null,
    rule_from: own?.from?.rule ?? null,
    rule_to: own?.to?.rule ?? null,
    basis_from: own?.from?.basis ?? null,
    basis_to: own?.to?.basis ?? null,
    thread_from: thread?.from ?? null,
    thread_to: thread?.to ?? null,
    policy: record.policy,
    questions_opened: openQuestions.opened.map(nameOf).join(' '),
    questions_closed: openQuestions.closed.map(nameOf).join(' '),
    other_claims: others
      .map(({ claimId: id, key, from, to }) => `${key ?? id}: ${from?.status ?? 'none'} -> ${to?.status ?? 'none'}`)
      .join('; '),
    echoes: record.echoes.map(({ kind, attributionId }) => `${kind} ${attributionId}`).join('; '),
    sentence: record.sentence,
  };
}
