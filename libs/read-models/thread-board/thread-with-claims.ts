import type { Pool } from 'pg';
import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import type { ThreadId } from '#domain';
import { ClaimEntity, type ClaimRow } from '../claim/claim.entity.js';
import { ThreadBoardEntity, type ThreadBoardRow } from './thread-board.entity.js';

/** Of the rows of a thread and its claims: any change of any of them makes another. Opaque. */
export type ThreadVersion = string;

export interface ThreadWithClaims {
  readonly version: ThreadVersion;
  readonly thread: ThreadBoardRow;
  /** In the order in which they were opened. */
  readonly claims: readonly ClaimRow[];
}

interface Column {
  readonly property: string;
  readonly name: string;
  read(value: unknown): unknown;
}

const THREAD = columnsOf(ThreadBoardEntity);
const CLAIM = columnsOf(ClaimEntity);
const FIRST_OF_THREAD = 2;
const FIRST_OF_CLAIM = FIRST_OF_THREAD + THREAD.length;
const CLAIM_ID = FIRST_OF_CLAIM + CLAIM.findIndex(({ property }) => property === 'claimId');

/**
 * The read that newsrooms ask for most, for any number of threads: one statement, which each connection prepares once.
 * `known` says of each thread in which version the caller has it already, or null. Answers those that are in another, and
 * null for those that are not there; of those that are as known, nothing is read but the versions of their rows.
 */
export async function threadsWithClaims(
  pool: Pool,
  known: ReadonlyMap<ThreadId, ThreadVersion | null>,
): Promise<ReadonlyMap<ThreadId, ThreadWithClaims | null>> {
  const { rows } = await pool.query<unknown[]>({
    name: 'threads_with_claims',
    text: STATEMENT,
    values: [[...known.keys()], [...known.values()].map((version) => version ?? '')],
    rowMode: 'array',
  });
  const threads = new Map<ThreadId, ThreadWithClaims | null>();
  for (const row of rows) {
    const [threadId, version] = row as [ThreadId, ThreadVersion | null];
    let made = threads.get(threadId) ?? null;
    if (made === null && version !== null) {
      made = { version, thread: read<ThreadBoardRow>(THREAD, row, FIRST_OF_THREAD), claims: [] };
    }
    threads.set(threadId, made);
    if (made !== null && row[CLAIM_ID] !== null) {
      (made.claims as ClaimRow[]).push(read<ClaimRow>(CLAIM, row, FIRST_OF_CLAIM));
    }
  }
  return threads;
}

/**
 * A version of a row is its table, which a rebuild exchanges, its place there, and the transaction that wrote it. Position
 * and time tell it from one of a database that was since restored, which may count the same way again.
 */
const STATEMENT = `
  WITH wanted AS MATERIALIZED (
    SELECT w.thread_id, w.known, (
      SELECT encode(sha256(convert_to(concat_ws(' ', b.tableoid, b.xmin, b.ctid, b.position, b.changed_at, (
        SELECT string_agg(concat_ws(' ', c.tableoid, c.xmin, c.ctid), ' ' ORDER BY c.claim_id)
        FROM read_models.claim c WHERE c.thread_id = b.thread_id)), 'UTF8')), 'base64')
      FROM read_models.thread_board b WHERE b.thread_id = w.thread_id) AS version
    FROM unnest($1::uuid[], $2::text[]) AS w (thread_id, known)
  )
  SELECT w.thread_id, w.version, ${[...THREAD.map(({ name }) => `t.${name}`), ...CLAIM.map(({ name }) => `c.${name}`)].join(', ')}
  FROM wanted w
    LEFT JOIN read_models.thread_board t ON t.thread_id = w.thread_id
    LEFT JOIN read_models.claim c ON c.thread_id = t.thread_id
  WHERE w.version IS DISTINCT FROM w.known
  ORDER BY w.thread_id, c.opened_position, c.opened_index`;

/** As the entity declares them, so that there is one description of a row. */
function columnsOf<Row>({ options }: EntitySchema<Row>): readonly Column[] {
  return Object.entries<EntitySchemaColumnOptions | undefined>(options.columns).map(([property, column]) => {
    const { name = property, transformer } = column ?? {};
    const transformers = [transformer ?? []].flat();
    return { property, name, read: (value) => transformers.reduce((read, { from }) => from(read), value) };
  });
}

function read<Row>(columns: readonly Column[], row: readonly unknown[], offset: number): Row {
  const made: Record<string, unknown> = {};
  for (const [index, { property, read }] of columns.entries()) made[property] = read(row[offset + index]);
  return made as Row;
}
