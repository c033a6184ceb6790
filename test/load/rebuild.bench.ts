import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { PROJECTIONS, rebuild } from '#read-models';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';
import { GeneratedLog } from './generated-log.js';
import { inTurn } from './in-turn.js';
import { project } from './project.js';

/*
 * Rebuilding the board, with all that it shows and the policy's statuses, against one statement of the database that counts
 * the same claims and attributions of each thread, and nothing else. REBUILD_EVENTS: of another size.
 */
const EVENTS = Number(process.env['REBUILD_EVENTS'] ?? 1_000_000);
const ROUNDS = 3;
const GOAL = 0.6;

const COUNT = `
  CREATE TABLE public.counts AS
  WITH taken AS (
    SELECT data->>'attributionId' AS id FROM ledger.events
    WHERE type IN ('AttributionCorrected', 'AttributionRetracted', 'AttributionVoided')),
  words AS (
    SELECT e.stream, CASE e.type WHEN 'ClaimReported' THEN 'report' WHEN 'ClaimConfirmed' THEN 'confirm'
        WHEN 'ClaimDenied' THEN 'deny' ELSE 'no_comment' END AS stance, t.id IS NOT NULL AS taken_back
    FROM ledger.events e LEFT JOIN taken t ON t.id = e.data->>'attributionId'
    WHERE e.type IN ('ClaimReported', 'ClaimConfirmed', 'ClaimDenied', 'CommentDeclined')),
  stances AS (
    SELECT stream, stance, count(*) AS attributions, count(*) FILTER (WHERE taken_back) AS taken_back,
      count(*) FILTER (WHERE NOT taken_back) AS standing
    FROM words GROUP BY stream, stance),
  counted AS (
    SELECT stream, sum(attributions) AS attributions, sum(taken_back) AS taken_back,
      jsonb_object_agg(stance, standing) FILTER (WHERE standing > 0) AS by_stance
    FROM stances GROUP BY stream),
  threads AS (
    SELECT stream, count(*) FILTER (WHERE type = 'ClaimOpened') AS claims, max(position) AS position,
      max(revision) AS revision, min(recorded_at) AS opened_at, max(recorded_at) AS changed_at
    FROM ledger.events GROUP BY stream)
  SELECT substr(t.stream, 8)::uuid AS thread_id, t.claims, coalesce(c.attributions, 0) AS attributions,
    coalesce(c.taken_back, 0) AS taken_back, coalesce(c.by_stance, '{}') AS by_stance,
    t.position, t.revision, t.opened_at, t.changed_at
  FROM threads t LEFT JOIN counted c USING (stream)`;

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(`${cpus().length} cores, Node ${process.version}; ${EVENTS.toLocaleString('en')} events.`);
  const projection = PROJECTIONS.find(({ name }) => name === 'thread-board');
  if (projection === undefined) throw new Error('There is no projection thread-board.');
  const { store, pool } = ledger;
  const owner = ledger.openOwnerPool();
  try {
    await new GeneratedLog(EVENTS).insert(owner, () => undefined);
    await owner.query('VACUUM ANALYZE ledger.events');
    // A rebuild ends where the live tables are.
    await project(ledger, ['thread-board']);
    const result = await inTurn(pool, EVENTS, ROUNDS, [
      {
        name: 'one set-based statement',
        prepare: async () => void (await owner.query('DROP TABLE IF EXISTS public.counts')),
        run: async () => {
          await owner.query(COUNT);
          return EVENTS;
        },
      },
      {
        name: 'a rebuild of the board',
        run: async () => {
          let done = 0;
          const onProgress = (events: number) => {
            done = events;
          };
          await rebuild({ store, ownerPool: owner, projection, anew: true, onProgress });
          return done;
        },
      },
    ]);
    await compareCounts(owner);
    const [, ratio = Number.NaN] = result.ratios;
    console.log(`  the counts of every thread are equal; ratio ${ratio.toFixed(2)}, goal ${GOAL}`);
    await writeFile(join('bench-results', 'rebuild.json'), `${JSON.stringify({ EVENTS, ...result }, null, 2)}\n`);
  } finally {
    await owner.end();
  }
}

async function compareCounts(owner: Pool): Promise<void> {
  const { rows } = await owner.query<{ wrong: number; threads: number }>(`
    SELECT count(*)::integer AS threads, count(*) FILTER (WHERE
      (c.claims, c.attributions, c.taken_back, c.by_stance, c.position, c.revision, c.opened_at, c.changed_at)
      IS DISTINCT FROM (b.claim_count, b.attribution_count, b.taken_back_count, b.attributions_by_stance, b.position,
        b.revision, b.opened_at, b.changed_at))::integer AS wrong
    FROM public.counts c FULL JOIN read_models.thread_board b USING (thread_id)`);
  const [{ wrong, threads } = { wrong: -1, threads: 0 }] = rows;
  if (wrong !== 0 || threads === 0) throw new Error(`The counts of ${wrong} of ${threads} threads differ.`);
}
