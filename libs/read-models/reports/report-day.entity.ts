import { EntitySchema } from 'typeorm';
import { CLAIM_STATUSES, type ClaimStatus, THREAD_STATUSES, type ThreadId, type ThreadStatus } from '#domain';
import { count, day, text, texts, uuid } from '../projection/columns.js';

/** Where a thread stands now: reports go by it, so that all of a story counts where the story is. */
export interface ReportThreadRow {
  readonly threadId: ThreadId;
  readonly desk: string;
  readonly topics: readonly string[];
}

export const ReportThreadEntity = new EntitySchema<ReportThreadRow>({
  name: 'ReportThread',
  schema: 'read_models',
  tableName: 'report_thread',
  columns: { threadId: uuid('thread_id', { primary: true }), desk: text('desk'), topics: texts('topics') },
});

type ClaimColumn = `claim_${ClaimStatus}`;
type ThreadColumn = `thread_${ThreadStatus}`;
export const DAY_COUNTS: readonly (ClaimColumn | ThreadColumn | 'attributions' | 'echoes')[] = [
  ...CLAIM_STATUSES.map((status) => `claim_${status}` as const),
  ...THREAD_STATUSES.map((status) => `thread_${status}` as const),
  'attributions',
  'echoes',
];

/**
 * What one UTC day changed in one thread: how many more claims have each status, whether the thread has it, how many
 * attributions were recorded and how many more are echoes. Sums over days are what stood then.
 */
export type ReportDayRow = Readonly<Record<(typeof DAY_COUNTS)[number], number>> & {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly thread_id: ThreadId;
};

export const ReportDayEntity = new EntitySchema<ReportDayRow>({
  name: 'ReportDay',
  schema: 'read_models',
  tableName: 'report_day',
  columns: {
    day: day('day', { primary: true }),
    thread_id: uuid('thread_id', { primary: true }),
    ...(Object.fromEntries(DAY_COUNTS.map((name) => [name, count(name)])) as Record<
      (typeof DAY_COUNTS)[number],
      ReturnType<typeof count>
    >),
  },
});

export const WORK_COUNTS = [
  'threads_opened',
  'claims_opened',
  'attributions',
  'take_backs',
  'rulings',
  'other_thread_events',
  'source_events',
  'imported',
] as const;

/** What one actor did in one stream on one UTC day. What an import brought is under `imported` and nowhere else. */
export type ReportWorkRow = Readonly<Record<(typeof WORK_COUNTS)[number], number>> & {
  readonly day: string;
  /** The thread, or the source. */
  readonly stream_id: string;
  readonly actor_id: string;
  /** As it was called last that day. */
  readonly actor_name: string;
};

export const ReportWorkEntity = new EntitySchema<ReportWorkRow>({
  name: 'ReportWork',
  schema: 'read_models',
  tableName: 'report_work',
  columns: {
    day: day('day', { primary: true }),
    stream_id: uuid('stream_id', { primary: true }),
    actor_id: text('actor_id', { primary: true }),
    actor_name: text('actor_name'),
    ...(Object.fromEntries(WORK_COUNTS.map((name) => [name, count(name)])) as Record<
      (typeof WORK_COUNTS)[number],
      ReturnType<typeof count>
    >),
  },
});
