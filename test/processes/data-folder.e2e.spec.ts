import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '#platform';
import { dataFolder, postgresPid, run } from './storyledger-process.js';

describe('storyledger up on a data folder', () => {
  let home: Awaited<ReturnType<typeof dataFolder>>;
  const settings = () => ({ STORYLEDGER_HOME: home.path });
  beforeAll(async () => {
    home = await dataFolder();
    expect(await run(['projections', 'status'], settings())).toMatchObject({ code: 0 });
  });
  afterAll(() => home.remove());

  const inDatabase = async (text: string) => {
    const server = await EmbeddedPostgres.start({ home: home.path, database: 'storyledger' });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query(text).finally(() => client.end());
    await server.stop();
    return rows;
  };

  it('that a newer build has used says so, changes nothing and leaves no server behind', async () => {
    await inDatabase('CREATE TABLE kept AS SELECT 42 AS answer');
    await inDatabase(
      `INSERT INTO storyledger_migrations (timestamp, name) VALUES (2790000000000, 'FromTheFuture2790000000000')`,
    );
    const { code, output } = await run(['up'], settings());
    expect({ code, output }).toEqual({
      code: 1,
      output:
        `The data in ${home.path} were last used by a newer build: this one does not know FromTheFuture2790000000000. Run ` +
        'that build or a later one, or put back the backup that was made before. Nothing was changed.\n',
    });
    expect(await postgresPid(home.path)).toBeNull();
    expect(await inDatabase('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('that is a file says so', async () => {
    const file = join(home.path, 'file');
    await writeFile(file, '');
    expect(await run(['up'], { STORYLEDGER_HOME: file })).toEqual({
      code: 1,
      output: `${file} is not a folder, or lies below a file. Set STORYLEDGER_HOME to a folder.\n`,
    });
  });
});
