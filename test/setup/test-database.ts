import pg from 'pg';
import { inject } from 'vitest';
import { newId, openPool } from '#platform';

export interface TestDatabase {
  /** The owner's; pools of the application role are opened with `openPool`. */
  readonly url: string;
  readonly appPool: pg.Pool;
  readonly ownerPool: pg.Pool;
  drop(): Promise<void>;
}

/** A database of its own, migrated. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('postgresUrl'));
  const name = `test_${newId().replaceAll('-', '')}`;
  const url = new URL(template);
  url.pathname = `/${name}`;
  await administrate(template, `CREATE DATABASE ${name} TEMPLATE template`);
  const connected = connectTestDatabase(url.href);
  const drop = async () => {
    await connected.drop();
    await administrate(template, `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { ...connected, drop };
}

/** One that a spec has made by itself; dropping it only ends the connections. */
export function connectTestDatabase(url: string): TestDatabase {
  const appPool = openPool({ url, role: 'app', max: 10, pipeline: true, applicationName: 'test' });
  const ownerPool = openPool({ url, role: 'owner', max: 4, pipeline: true, applicationName: 'test-owner' });
  const drop = async () => {
    await Promise.all([appPool, ownerPool].map((pool) => (pool.ended ? undefined : pool.end())));
  };
  return { url, appPool, ownerPool, drop };
}

async function administrate(template: URL, statement: string): Promise<void> {
  const url = new URL(template);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
