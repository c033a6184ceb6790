import {
  ALL_INTERVAL_DESK,
  bySource,
  DESK,
  type Durations,
  durationNames,
  durationsOf,
  GROUP_COLUMNS,
  intervalOf,
  type ReportGroup,
  threadsOf,
  within,
} from './report-frame.js';

export interface ReversalsRow extends ReportGroup {
  /** Claims first shown as confirmed in the period (`cases`) that were later shown as something else. */
  readonly fallen: number;
  /** Of them: because we voided a slip of our own. */
  readonly fallenByVoid: number;
}

const CONFIRMED = `
  SELECT ${intervalOf('c.confirmed_at')} AS bucket, ${DESK} AS desk, c.confirmed_by, c.fallen_at, c.fallen_by
  FROM read_models.report_claim c ${threadsOf('c')}
  WHERE ${within('c.confirmed_at')}`;
const REVERSAL_FIGURES = `count(*)::integer AS cases, count(fallen_at)::integer AS fallen,
  count(*) FILTER (WHERE fallen_by = 'AttributionVoided')::integer AS "fallenByVoid"`;

export const REVERSALS = `WITH rows AS (${CONFIRMED}) SELECT ${GROUP_COLUMNS}, ${REVERSAL_FIGURES} FROM rows ${ALL_INTERVAL_DESK}`;
export const REVERSALS_BY_SOURCE = `
  WITH r AS (SELECT c.*, b.source_id FROM (${CONFIRMED}) c CROSS JOIN unnest(c.confirmed_by) AS b (source_id))
  ${bySource(REVERSAL_FIGURES, ['cases', 'fallen', 'fallenByVoid'])}`;

export interface DenialsRow extends ReportGroup {
  /** Of the denials (one a source and claim), those whose claim others then confirmed. */
  readonly laterConfirmed: number;
}

const DENIAL_FIGURES = `count(*)::integer AS cases, count(*) FILTER (WHERE later_confirmed)::integer AS "laterConfirmed"`;

const denied = (columns: string, more: string) => `
    SELECT ${columns} w.source_id, w.later_confirmed, ${intervalOf('w.recorded_at')} AS bucket, ${DESK} AS desk
    FROM read_models.report_word w ${threadsOf('w')}
    WHERE w.stance = 'deny' AND NOT w.voided AND w.source_id IS NOT NULL AND ${within('w.recorded_at')} AND ${more}`;

/** In one statement, over cases found once. Only of repeated denials the first is to be looked for, which is dear. */
export const DENIALS = `
  WITH r AS MATERIALIZED (${denied('', 'NOT w.repeated')}
    UNION ALL (${denied('DISTINCT ON (w.source_id, w.claim_id)', 'w.repeated')}
    ORDER BY w.source_id, w.claim_id, w.position))
  SELECT ${GROUP_COLUMNS}, ${DENIAL_FIGURES} FROM r ${ALL_INTERVAL_DESK}
  UNION ALL (${bySource(DENIAL_FIGURES, ['cases', 'laterConfirmed'])})`;

export interface TakeBacksRow extends ReportGroup {
  readonly retracted: number;
  readonly corrected: number;
  readonly voided: number;
  /** Voided with a whole import; not among `voided` nor `cases`. */
  readonly voidedByImport: number;
  /** Of retractions and corrections: from recording the words to recording that they were taken back. */
  readonly recorded: Durations;
  /** From saying them to taking them back. */
  readonly stated: Durations;
}

const TAKEN_BACK = `
  SELECT ${intervalOf('b.recorded_at')} AS bucket, ${DESK} AS desk, b.how, b.imported, b.speaker_id AS source_id,
    CASE WHEN b.how <> 'voided' THEN b.recorded_seconds END AS recorded_seconds, b.stated_seconds
  FROM read_models.report_take_back b ${threadsOf('b')}
  WHERE ${within('b.recorded_at')}`;
const TAKE_BACK_FIGURES = `count(*) FILTER (WHERE how <> 'voided' OR NOT imported)::integer AS cases,
  count(*) FILTER (WHERE how = 'retracted')::integer AS retracted,
  count(*) FILTER (WHERE how = 'corrected')::integer AS corrected,
  count(*) FILTER (WHERE how = 'voided' AND NOT imported)::integer AS voided,
  count(*) FILTER (WHERE how = 'voided' AND imported)::integer AS "voidedByImport",
  ${durationsOf('recorded_seconds', 'recorded')}, ${durationsOf('stated_seconds', 'stated')}`;

export const TAKE_BACKS = `WITH r AS (${TAKEN_BACK}) SELECT ${GROUP_COLUMNS}, ${TAKE_BACK_FIGURES} FROM r ${ALL_INTERVAL_DESK}`;
export const TAKE_BACKS_BY_SOURCE = `
  WITH r AS (${TAKEN_BACK} AND b.speaker_id IS NOT NULL)
  ${bySource(TAKE_BACK_FIGURES, ['cases', 'retracted', 'corrected', 'voided', 'voidedByImport', ...durationNames('recorded'), ...durationNames('stated')])}`;

export interface RefusalsRow extends ReportGroup {
  /** Different claims on which comment was declined (`cases`: how often). */
  readonly claims: number;
}

const REFUSED = `
  SELECT ${intervalOf('w.recorded_at')} AS bucket, ${DESK} AS desk, w.source_id, w.claim_id
  FROM read_models.report_word w ${threadsOf('w')}
  WHERE w.stance = 'no_comment' AND NOT w.voided AND ${within('w.recorded_at')}`;
const REFUSAL_FIGURES = `count(*)::integer AS cases, count(DISTINCT claim_id)::integer AS claims`;

export const REFUSALS = `WITH r AS (${REFUSED}) SELECT ${GROUP_COLUMNS}, ${REFUSAL_FIGURES} FROM r ${ALL_INTERVAL_DESK}`;
export const REFUSALS_BY_SOURCE = `
  WITH r AS (${REFUSED} AND w.source_id IS NOT NULL)
  ${bySource(REFUSAL_FIGURES, ['cases', 'claims'])}`;
