import { DESK, TOPIC } from '#fields';
import { REPORT_INTERVALS, type ReportFrame, type ReportInterval } from '#read-models';
import { PageQuery } from '../paging/page-query.js';
import { ApiError } from '../problems/api-error.js';
import { DayParameter } from '../validation/parameter.fields.js';
import { Text } from '../validation/text.fields.js';
import { Choice } from '../validation/value.fields.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 3_660;
const BEFORE_ANY_THREAD = '1970-01-01';

const FORMATS = ['json', 'csv'] as const;
const FORMAT = { optional: true, description: 'json when left out.', example: 'csv' } as const;
const FROM = {
  optional: true,
  description: 'A UTC day. 29 days before `to` when left out.',
  example: '2023-09-01',
} as const;
const TO = { optional: true, description: 'A UTC day, included. Today when left out.', example: '2023-09-30' } as const;

export class PlaceQuery {
  @DayParameter(FROM)
  from?: string;

  @DayParameter(TO)
  to?: string;

  @Choice(FORMATS, FORMAT)
  format?: (typeof FORMATS)[number];

  @Text({ ...DESK, optional: true, description: 'Only threads that stand at this desk now.', example: 'asia' })
  desk?: string;

  @Text({ ...TOPIC, optional: true, description: 'Only threads that have this topic now.', example: 'russia' })
  topic?: string;
}

export class ReportQuery extends PlaceQuery {
  @Choice(REPORT_INTERVALS, {
    optional: true,
    enumName: 'ReportInterval',
    description: 'Figures also for each of these; weeks begin on Monday. week when left out.',
    example: 'week',
  })
  interval?: ReportInterval;
}

export class StandardsQuery {
  @DayParameter(FROM)
  from?: string;

  @DayParameter(TO)
  to?: string;

  @Text({ ...DESK, optional: true, description: 'Only threads that stand at this desk now.', example: 'asia' })
  desk?: string;

  @Text({ ...TOPIC, optional: true, description: 'Only threads that have this topic now.', example: 'russia' })
  topic?: string;
}

export class AccessQuery extends PageQuery {
  @DayParameter(FROM)
  from?: string;

  @DayParameter(TO)
  to?: string;

  @Choice(FORMATS, { ...FORMAT, description: 'json when left out; csv is the whole period at once, without pages.' })
  format?: (typeof FORMATS)[number];

  @Text({
    ...DESK,
    optional: true,
    description: 'Only lines about threads that stand at this desk now.',
    example: 'asia',
  })
  desk?: string;

  @Text({
    ...TOPIC,
    optional: true,
    description: 'Only lines about threads that have this topic now.',
    example: 'russia',
  })
  topic?: string;
}

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** @throws ApiError invalid_request when it ends before it begins, or is too long */
export function periodOf(query: Partial<Period>, now: Date): Period {
  const to = query.to ?? dayOf(now.getTime());
  const from = query.from ?? dayOf(Date.parse(to) - (DEFAULT_DAYS - 1) * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) throw wrongPeriod('Must not be after `to`.');
  if (days > MOST_DAYS) throw wrongPeriod(`A report covers at most ${MOST_DAYS} days.`);
  return { from, to };
}

/** A period and where to look. */
export type Scope = Period & Pick<ReportFrame, 'desk' | 'topic'>;

export function scopeOf(query: Partial<Period> & { desk?: string; topic?: string }, now: Date): Scope {
  const { desk = null, topic = null } = query;
  return { ...periodOf(query, now), desk, topic };
}

export function frameOf(query: Omit<ReportQuery, 'format'>, now: Date): ReportFrame {
  const { interval = 'week', desk = null, topic = null } = query;
  return { ...periodOf(query, now), interval, desk, topic };
}

/** An old question is still open: without `from` none is too old. */
export function openQuestionsFrame(query: Omit<ReportQuery, 'format'>, now: Date): ReportFrame {
  const frame = frameOf(query, now);
  return query.from === undefined ? { ...frame, from: BEFORE_ANY_THREAD } : frame;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function wrongPeriod(detail: string): ApiError {
  return new ApiError('invalid_request', 'The period is wrong.', {
    errors: [{ parameter: 'from', code: 'range', detail }],
  });
}
