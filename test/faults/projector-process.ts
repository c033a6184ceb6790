import { PostgresEventStore } from '#event-store/postgres';
import { openPool } from '#platform';
import { PROJECTIONS, Projector } from '#read-models';

/* A projector and nothing else, on the database of argument 3, in batches of argument 4, until it is killed. */
const [, , , url = '', batchSize = '500'] = process.argv;
const open = (max: number, pipeline = false) =>
  openPool({ url, role: 'app', max, pipeline, applicationName: 'projector-process' });
const store = new PostgresEventStore({ appendPool: open(1, true), readPool: open(2) });
const projector = new Projector({
  store,
  pool: open(4, true),
  projections: PROJECTIONS,
  batchSize: Number(batchSize),
  onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
});
await projector.run(new AbortController().signal);
