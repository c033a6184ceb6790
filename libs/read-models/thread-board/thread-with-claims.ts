import type { Pool } from 'pg';
import type { EntitySchema, EntitySchemaColumnOptions } from 'typeorm';
import type { ThreadId } from '#domain';
import { ClaimEntity, type ClaimRow } from '../claim/claim.entity.js';
import { ThreadBoardEntity, type ThreadBoardRow } from './thread-board.entity.js';

export interface ThreadWithClaims {
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
const CLAIM_ID = THREAD.length + CLAIM.findIndex(({ property }) => property === 'claimId');

/**
 * The read that newsrooms ask for most: one statement, which each connection prepares once. TypeORM would make the text
 * of two anew for each request, at more than what the database takes to answer them.
 */
export async function threadWithClaims(pool: Pool, threadId: ThreadId): Promise<ThreadWithClaims | null> {
  const { rows } = await pool.query<unknown[]>({
    name: 'thread_with_claims',
    text: STATEMENT,
    values: [threadId],
    rowMode: 'array',
  });
  const [first] = rows;
  if (first === undefined) return null;
  const claims = first[CLAIM_ID] === null ? [] : rows.map((row) => read<ClaimRow>(CLAIM, row, THREAD.length));
  return { thread: read<ThreadBoardRow>(THREAD, first, 0), claims };
}

const STATEMENT = `
  SELECT ${[...THREAD.map(({ name }) => `t.${name}`), ...CLAIM.map(({ name }) => `c.${name}`)].join(', ')}
  FROM read_models.thread_board t LEFT JOIN read_models.claim c ON c.thread_id = t.thread_id
  WHERE t.thread_id = $1
  ORDER BY c.opened_position, c.opened_index`;

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
