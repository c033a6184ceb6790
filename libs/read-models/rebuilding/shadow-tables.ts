import type { ClientBase, Pool } from 'pg';
import { PARKED_TABLE } from '../parking/parked-table.js';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';

type Queryable = Pick<Pool | ClientBase, 'query'>;

/**
 * Empty tables like the live ones, beside them: with their keys and the privileges on them, and of their indexes only
 * `lookups`.
 */
export async function createShadow(
  owner: Queryable,
  schema: string,
  tables: readonly string[],
  lookups: readonly string[] = [],
): Promise<void> {
  await owner.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await owner.query(`CREATE SCHEMA ${schema}`);
  for (const table of tables) {
    await owner.query(`CREATE TABLE ${schema}.${table} (LIKE ${LIVE_SCHEMA}.${table} INCLUDING ALL EXCLUDING INDEXES)`);
    for (const statement of [...(await keys(owner, schema, table)), ...(await grants(owner, schema, table))]) {
      await owner.query(statement);
    }
    await createIndexes(owner, schema, table, (name) => lookups.includes(name));
  }
  await owner.query(`CREATE TABLE ${schema}.${PARKED_TABLE} (LIKE ${LIVE_SCHEMA}.${PARKED_TABLE} INCLUDING ALL)`);
}

/** Whether tables that a rebuild has left are there, and of the shape that the live ones have now. */
export async function isLikeLive(owner: Queryable, schema: string, tables: readonly string[]): Promise<boolean> {
  const { rows } = await owner.query<{ alike: boolean }>(
    `SELECT count(*) > 0 AND bool_and(s.columns IS NOT DISTINCT FROM l.columns) AS alike
     FROM (${COLUMNS}) l LEFT JOIN (${COLUMNS}) s ON s.schema = $2 AND s.name = l.name
     WHERE l.schema = $1 AND l.name = ANY ($3)`,
    [LIVE_SCHEMA, schema, [...tables, PARKED_TABLE]],
  );
  return rows[0]?.alike === true;
}

const COLUMNS = `
  SELECT table_schema AS schema, table_name AS name, array_agg(concat_ws(' ', column_name, data_type, is_nullable,
    column_default, generation_expression) ORDER BY ordinal_position) AS columns
  FROM information_schema.columns GROUP BY table_schema, table_name`;

/** Once they are filled, which is quicker without. Under the very same names, which later migrations go by. */
export async function createShadowIndexes(owner: Queryable, schema: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await createIndexes(owner, schema, table, () => true);
    await owner.query(`ANALYZE ${schema}.${table}`);
  }
}

/**
 * Within one transaction; readers go from the old to the new between two statements. The old tables are set aside: to
 * drop large ones takes longer than readers should wait.
 */
export async function swapInShadow(owner: ClientBase, schema: string, tables: readonly string[]): Promise<void> {
  await owner.query(`LOCK TABLE ${tables.map((table) => `${LIVE_SCHEMA}.${table}`).join()} IN ACCESS EXCLUSIVE MODE`);
  const aside = asideOf(schema);
  await owner.query(`CREATE SCHEMA ${aside}`);
  for (const table of tables) {
    await owner.query(`ALTER TABLE ${LIVE_SCHEMA}.${table} SET SCHEMA ${aside}`);
    await owner.query(`ALTER TABLE ${schema}.${table} SET SCHEMA ${LIVE_SCHEMA}`);
  }
  await owner.query(`DROP SCHEMA ${schema}`);
}

/** What a swap has set aside, also one after which the process was killed. */
export async function dropAside(owner: Queryable, schema: string): Promise<void> {
  await owner.query(`DROP SCHEMA IF EXISTS ${asideOf(schema)} CASCADE`);
}

function asideOf(schema: string): string {
  return `${schema}_old`;
}

async function createIndexes(
  owner: Queryable,
  schema: string,
  table: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  const { rows } = await owner.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    [`${LIVE_SCHEMA}.${table}`],
  );
  for (const { definition } of rows.filter(({ name }) => wanted(name))) {
    // One that was made before the rebuild was cut off is there already.
    const unlessThere = definition.replace(' INDEX ', ' INDEX IF NOT EXISTS ');
    await owner.query(unlessThere.replace(` ON ${LIVE_SCHEMA}.`, ` ON ${schema}.`));
  }
}

async function keys(owner: Queryable, schema: string, table: string): Promise<readonly string[]> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', $2::text, $3::text, conname, pg_get_constraintdef(oid))
       AS statement
     FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`,
    [`${LIVE_SCHEMA}.${table}`, schema, table],
  );
  return rows.map(({ statement }) => statement);
}

async function grants(owner: Queryable, schema: string, table: string): Promise<readonly string[]> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('GRANT %s ON %I.%I TO %s', string_agg(acl.privilege_type, ', '), $2::text, $3::text,
       CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END) AS statement
     FROM pg_class c, aclexplode(c.relacl) acl
     WHERE c.oid = $1::regclass AND acl.grantee <> c.relowner
     GROUP BY acl.grantee`,
    [`${LIVE_SCHEMA}.${table}`, schema, table],
  );
  return rows.map(({ statement }) => statement);
}
