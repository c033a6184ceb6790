import type { ClaimAssessment, ThreadAssessment } from '#domain';
import type { LedgerEvent, StoredEvent } from '#event-store';
import { byThread, type Projection, type TableWriter } from '../projection/projection.js';
import { changedClaims, type ThreadStep } from '../projection/thread-folds.js';
import {
  DAY_COUNTS,
  ReportDayEntity,
  type ReportDayRow,
  ReportThreadEntity,
  type ReportThreadRow,
  ReportWorkEntity,
  type ReportWorkRow,
  WORK_COUNTS,
} from './report-day.entity.js';
import { ReportImportEntity, type ReportImportRow } from './report-import.entity.js';

/** What can be added up: it is counted day by day, as it happens. */
export const reportDaysProjection: Projection = {
  name: 'report-days',
  version: 2,
  entities: [ReportThreadEntity, ReportDayEntity, ReportWorkEntity, ReportImportEntity],
  apply({ events, steps }, tables) {
    tables.upsert(ReportThreadEntity, byThread(steps.filter(givesDetails)).flatMap(threadRow));
    addDays(steps, tables);
    addWork(events, tables);
    addImports(steps, tables);
  },
};

function givesDetails({ stored: { event } }: ThreadStep): boolean {
  return event.type === 'ThreadOpened' || event.type === 'ThreadRevised';
}

function threadRow([first]: readonly ThreadStep[]): ReportThreadRow[] {
  const { threadId = null, details = null } = first?.fold.state ?? {};
  return threadId === null || details === null ? [] : [{ threadId, desk: details.desk, topics: details.topics }];
}

/** Only what is not null is counted: most events change one or two of some twenty. */
type Counts<Row, Name extends keyof Row> = Omit<Row, Name> & { -readonly [Key in Name]?: Row[Key] };
type DayCount = (typeof DAY_COUNTS)[number];
type WorkCount = (typeof WORK_COUNTS)[number];

function addDays(steps: readonly ThreadStep[], tables: TableWriter): void {
  const rows = new Map<string, Counts<ReportDayRow, DayCount>>();
  for (const step of steps) {
    const day = step.stored.recordedAt.slice(0, 10);
    const threadId = step.fold.state.threadId ?? '';
    const add = (name: DayCount, by: number) => {
      const key = `${day} ${threadId}`;
      const row = rows.get(key) ?? { day, thread_id: threadId };
      row[name] = (row[name] ?? 0) + by;
      rows.set(key, row);
    };
    countStep(step, add);
  }
  tables.execute(
    ReportDayEntity,
    (table) => `
      INSERT INTO ${table} AS d (day, thread_id, ${DAY_COUNTS.join()})
      SELECT day, thread_id, ${orZero(DAY_COUNTS)} FROM json_populate_recordset(NULL::${table}, $1)
      ON CONFLICT (day, thread_id) DO UPDATE SET ${DAY_COUNTS.map((name) => `${name} = d.${name} + excluded.${name}`).join()}`,
    [...rows.values()],
  );
}

function orZero(names: readonly string[]): string {
  return names.map((name) => `coalesce(${name}, 0)`).join();
}

type Add = (name: DayCount, by: number) => void;

function countStep({ stored, before, after }: ThreadStep, add: Add): void {
  const { event } = stored;
  if ('speaker' in event.data) add('attributions', 1);
  const absorbs = 'role' in event.data && event.data.role === 'absorbed';
  // The thread that stays speaks for both: what a merged thread showed goes, and comes again when it parts.
  if (event.type === 'ThreadMerged' && absorbs) return countAll(after, -1, add);
  if (event.type === 'ThreadUnmerged' && absorbs) return countAll(after, 1, add);
  if (event.type === 'ThreadOpened') add(`thread_${after.status}`, 1);
  else if (before.status !== after.status) {
    add(`thread_${before.status}`, -1);
    add(`thread_${after.status}`, 1);
  }
  for (const { was, is } of changedClaims(before, after)) {
    if (was?.status !== is?.status) {
      if (was !== undefined) add(`claim_${was.status}`, -1);
      if (is !== undefined) add(`claim_${is.status}`, 1);
    }
    const echoes = echoesOf(is) - echoesOf(was);
    if (echoes !== 0) add('echoes', echoes);
  }
}

function countAll({ status, claims }: ThreadAssessment, by: 1 | -1, add: Add): void {
  add(`thread_${status}`, by);
  for (const claim of claims.values()) {
    add(`claim_${claim.status}`, by);
    const echoes = echoesOf(claim);
    if (echoes !== 0) add('echoes', by * echoes);
  }
}

function echoesOf(claim: ClaimAssessment | undefined): number {
  return claim?.computed.setAside.filter(({ reason }) => reason === 'echo').length ?? 0;
}

function addWork(events: readonly StoredEvent[], tables: TableWriter): void {
  const rows = new Map<string, Counts<ReportWorkRow, WorkCount | 'actor_name'>>();
  for (const { event, stream, recordedAt, context } of events) {
    const work = workOf(event);
    if (work === null) continue;
    const day = recordedAt.slice(0, 10);
    const { actor, batchId } = context;
    const key = `${day} ${stream} ${actor.id}`;
    const row = rows.get(key) ?? { day, stream_id: stream.slice(-36), actor_id: actor.id };
    const name = batchId === null ? work : 'imported';
    row[name] = (row[name] ?? 0) + 1;
    row.actor_name = actor.name;
    rows.set(key, row);
  }
  tables.execute(
    ReportWorkEntity,
    (table) => `
      INSERT INTO ${table} AS w (day, stream_id, actor_id, actor_name, ${WORK_COUNTS.join()})
      SELECT day, stream_id, actor_id, actor_name, ${orZero(WORK_COUNTS)} FROM json_populate_recordset(NULL::${table}, $1)
      ON CONFLICT (day, stream_id, actor_id) DO UPDATE SET actor_name = excluded.actor_name,
        ${WORK_COUNTS.map((name) => `${name} = w.${name} + excluded.${name}`).join()}`,
    [...rows.values()],
  );
}

function addImports(steps: readonly ThreadStep[], tables: TableWriter): void {
  const rows = new Map<string, Counts<ReportImportRow, 'attributions'>>();
  for (const { stored, fold } of steps) {
    const { batchId } = stored.context;
    if (batchId === null) continue;
    const threadId = fold.state.threadId ?? '';
    const key = `${batchId} ${threadId}`;
    const row = rows.get(key) ?? { batch_id: batchId, thread_id: threadId };
    row.attributions = (row.attributions ?? 0) + ('speaker' in stored.event.data ? 1 : 0);
    rows.set(key, row);
  }
  tables.execute(
    ReportImportEntity,
    (table) => `
      INSERT INTO ${table} AS i (batch_id, thread_id, attributions)
      SELECT batch_id, thread_id, attributions FROM json_populate_recordset(NULL::${table}, $1)
      ON CONFLICT (batch_id, thread_id) DO UPDATE SET attributions = i.attributions + excluded.attributions`,
    [...rows.values()],
  );
}

/** Null: it is about no thread and no source, so it is nobody's work on one. */
function workOf({ type }: LedgerEvent): WorkCount | null {
  switch (type) {
    case 'ThreadOpened':
      return 'threads_opened';
    case 'ClaimOpened':
      return 'claims_opened';
    case 'ClaimReported':
    case 'ClaimConfirmed':
    case 'ClaimDenied':
    case 'CommentDeclined':
      return 'attributions';
    case 'AttributionCorrected':
    case 'AttributionRetracted':
    case 'AttributionVoided':
      return 'take_backs';
    case 'ClaimRuled':
    case 'RulingLifted':
      return 'rulings';
    case 'ThreadRevised':
    case 'ClaimReworded':
    case 'ClaimsMadeExclusive':
    case 'ClaimMooted':
    case 'ClaimLapsed':
    case 'ThreadPolicyChanged':
    case 'ThreadClosed':
    case 'ThreadReopened':
    case 'ThreadMerged':
    case 'ThreadUnmerged':
    case 'PiecePublished':
    case 'PieceWithdrawn':
      return 'other_thread_events';
    case 'SourceRegistered':
    case 'SourceRevised':
    case 'SourceRated':
    case 'SourceSealed':
    case 'SourceIdentityErased':
      return 'source_events';
    case 'PolicyAdopted':
      return null;
  }
}
