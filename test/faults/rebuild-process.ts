import { PostgresEventStore } from '#event-store/postgres';
import { openPool } from '#platform';
import { rebuild } from '#read-models';
import { projectionNamed } from './faulty-projection.js';

/* A rebuild of the projection of argument 4, on the database of argument 3, in batches of argument 5. */
const [, , , url = '', name = '', batchSize = '1000'] = process.argv;
const open = (role: 'app' | 'owner', max: number) =>
  openPool({ url, role, max, pipeline: true, applicationName: 'rebuild-process' });
const store = new PostgresEventStore({
  appendPool: open('app', 1),
  readPool: openPool({ url, role: 'app', max: 2, applicationName: 'rebuild-process' }),
});
await rebuild({
  store,
  ownerPool: open('owner', 4),
  projection: projectionNamed(name),
  requestedBy: { id: 'system:test', name: 'Test' },
  batchSize: Number(batchSize),
});
process.exit(0);
