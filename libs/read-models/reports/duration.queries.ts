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

const SPANS = [...durationNames('recorded'), ...durationNames('stated')];

export interface SecondSourceRow extends ReportGroup {
  /** Between recording the first and the second. */
  readonly recorded: Durations;
  /** Between saying them. */
  readonly stated: Durations;
  /** Claims that got their first voice in the period and have no second yet. */
  readonly waiting: number;
}

const SECOND_VOICES = `
    SELECT ${intervalOf('c.second_voice_at')} AS bucket, ${DESK} AS desk, c.second_voice_seconds, c.second_voice_stated_seconds,
      1 AS cases, 0 AS waiting, c.first_voice_by
    FROM read_models.report_claim c ${threadsOf('c')}
    WHERE ${within('c.second_voice_at')}
    UNION ALL
    SELECT ${intervalOf('c.first_voice_at')}, ${DESK} AS desk, NULL, NULL, 0, 1, c.first_voice_by
    FROM read_models.report_claim c ${threadsOf('c')}
    WHERE ${within('c.first_voice_at')} AND c.second_voice_at IS NULL`;
const SECOND_SOURCE_FIGURES = `coalesce(sum(cases), 0)::integer AS cases, coalesce(sum(waiting), 0)::integer AS waiting,
    ${durationsOf('second_voice_seconds', 'recorded')}, ${durationsOf('second_voice_stated_seconds', 'stated')}`;

export const SECOND_SOURCE = `
  WITH rows AS (${SECOND_VOICES}) SELECT ${GROUP_COLUMNS}, ${SECOND_SOURCE_FIGURES} FROM rows ${ALL_INTERVAL_DESK}`;
/** Of those who spoke first. */
export const SECOND_SOURCE_BY_SOURCE = `
  WITH r AS (SELECT c.*, b.source_id FROM (${SECOND_VOICES}) c CROSS JOIN unnest(c.first_voice_by) AS b (source_id))
  ${bySource(SECOND_SOURCE_FIGURES, ['cases', 'waiting', ...SPANS])}`;

export interface SettlingRow extends ReportGroup {
  readonly confirmed: number;
  readonly denied: number;
  /** From opening the claim to showing it as confirmed or denied. */
  readonly recorded: Durations;
  /** From the first word on it to the word that settled it; none where no word did. */
  readonly stated: Durations;
}

const SETTLED = `
    SELECT ${intervalOf('c.settled_at')} AS bucket, ${DESK} AS desk, c.settled_as, c.settled_seconds, c.settled_stated_seconds,
      c.settled_by
    FROM read_models.report_claim c ${threadsOf('c')}
    WHERE ${within('c.settled_at')}`;
const SETTLING_FIGURES = `count(*)::integer AS cases,
    count(*) FILTER (WHERE settled_as = 'confirmed')::integer AS confirmed,
    count(*) FILTER (WHERE settled_as = 'denied')::integer AS denied,
    ${durationsOf('settled_seconds', 'recorded')}, ${durationsOf('settled_stated_seconds', 'stated')}`;

export const SETTLING = `
  WITH rows AS (${SETTLED}) SELECT ${GROUP_COLUMNS}, ${SETTLING_FIGURES} FROM rows ${ALL_INTERVAL_DESK}`;
/** Of those whose words settled it. */
export const SETTLING_BY_SOURCE = `
  WITH r AS (SELECT c.*, b.source_id FROM (${SETTLED}) c CROSS JOIN unnest(c.settled_by) AS b (source_id))
  ${bySource(SETTLING_FIGURES, ['cases', 'confirmed', 'denied', ...SPANS])}`;

export interface OpenQuestionsRow extends ReportGroup {
  /** Since the claims were opened. */
  readonly age: Durations;
}

export interface OldestQuestion {
  readonly claimId: string;
  readonly statement: string;
  readonly status: string;
  readonly threadId: string;
  readonly slug: string;
  readonly desk: string;
  readonly openedAt: string;
  readonly ageSeconds: number;
}

/** $6: the moment at which the questions have their age. */
const OPEN = `
  SELECT ${DESK} AS desk, c.claim_id, c.thread_id, c.opened_at, extract(epoch FROM $6::timestamptz - c.opened_at)::double precision AS age
  FROM read_models.report_claim c ${threadsOf('c')}
  WHERE c.is_open AND ${within('c.opened_at')} AND $3::date[] IS NOT NULL`;
const DAY = 86_400;

/** The lower bound of each age, in seconds, under the key of its row. */
const AGES = [
  ['under_1_day', 0],
  ['1_to_7_days', DAY],
  ['7_to_30_days', 7 * DAY],
  ['over_30_days', 30 * DAY],
] as const;
const AGE_BOUNDS = AGES.slice(1).map(([, from]) => from);
const AGE_KEY = `CASE WHEN grouping(bucket) = 0 THEN (ARRAY['${AGES.map(([key]) => key).join("','")}'])[bucket + 1] ELSE desk END`;

export const OPEN_QUESTIONS = `
  WITH rows AS (
    SELECT desk, age, width_bucket(age, ARRAY[${AGE_BOUNDS.join()}]::double precision[]) AS bucket FROM (${OPEN}) open)
  SELECT CASE WHEN grouping(bucket) = 0 THEN 'age' WHEN grouping(desk) = 0 THEN 'desk' ELSE 'all' END AS by,
    ${AGE_KEY} AS key, ${AGE_KEY} AS label, count(*)::integer AS cases, ${durationsOf('age', 'age')}
  FROM rows ${ALL_INTERVAL_DESK}`;

export const OLDEST_QUESTIONS = `
  SELECT o.claim_id AS "claimId", c.statement, c.status, o.thread_id AS "threadId", b.slug, o.desk,
    o.opened_at AS "openedAt", o.age AS "ageSeconds"
  FROM (SELECT * FROM (${OPEN}) open ORDER BY opened_at, claim_id LIMIT 20) o
  JOIN read_models.claim c ON c.thread_id = o.thread_id AND c.claim_id = o.claim_id
  JOIN read_models.thread_board b ON b.thread_id = o.thread_id
  ORDER BY o.opened_at, o.claim_id`;
