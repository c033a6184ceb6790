import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { RebuildWorker } from '#read-models';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { pictures } from './picture.js';

/** Faults are planted in the database; projections, events and rebuilds are the real ones. */
describe('operations at the console', () => {
  let console_: ConsoleUnderTest;
  let admin: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await console_.api.database.ownerPool.query(`
      CREATE FUNCTION read_models.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF new.statement LIKE 'Hostile%' THEN RAISE EXCEPTION 'hostile words'; END IF; RETURN new; END $$;
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON read_models.claim FOR EACH ROW EXECUTE FUNCTION read_models.refuse()`);
    await loadDemo(console_.api.parts);
    admin = await console_.visitor('admin');
  }, 300_000);
  afterAll(() => console_?.close());

  const open = async (slug: string, statement: string) => {
    const payload = { slug, headline: slug, desk: 'test', claims: [{ key: 'claim', statement }] };
    const answer = await console_.api.inject({ method: 'POST', url: '/v1/threads', as: 'admin', payload });
    expect(answer.statusCode).toBe(201);
  };
  const part = (name: string) => admin.page.getByRole('region', { name, exact: true });

  it('show what could not be applied, try it again, and go on without it', async () => {
    const { page } = admin;
    await page.goto('/operations');
    await part('Parked events').getByText('None: every read model could apply every event.').waitFor();
    await open('to-drop', 'Hostile to the end');
    const parked = part('Parked events').getByRole('listitem');
    await parked.getByText('hostile words').waitFor();
    await part('Read models')
      .getByRole('row', { name: /^claim / })
      .getByText('1, 0')
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await parked.getByRole('button', { name: 'Try again' }).click();
    await part('Parked events').getByText('It failed again, at ClaimOpened.').waitFor();
    await parked.getByText('tried 2 times').waitFor();
    await parked.getByRole('button', { name: 'Go on without it' }).click();
    const dialog = page.getByRole('dialog', { name: 'Go on without a parked event' });
    await dialog.getByRole('button', { name: 'Go on without it' }).click();
    // No decision without a reason.
    await dialog.getByText('Must', { exact: false }).waitFor();
    expect(await dialog.getByLabel('Why').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Why').fill('Shown by hand on the board.');
    await dialog.getByRole('button', { name: 'Go on without it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await parked.getByText('“Shown by hand on the board.”').waitFor();
    expect(await parked.getByRole('button').count()).toBe(0);
  });

  it('apply what was parked once the fault is mended', async () => {
    const { page } = admin;
    await open('to-mend', 'Hostile for now');
    const parked = part('Parked events').getByRole('listitem').filter({ hasNotText: 'let it go' });
    await parked.getByText('hostile words').waitFor();
    await console_.api.database.ownerPool.query('DROP FUNCTION read_models.refuse CASCADE');
    await parked.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('nothing of the stream is held any more').waitFor();
    await parked.waitFor({ state: 'detached' });
    await page.goto('/threads/to-mend');
    await page.getByText('Hostile for now').waitFor();
  });

  it('say who runs each read model', async () => {
    const { page } = admin;
    await page.goto('/operations');
    const row = part('Read models').getByRole('row', { name: /^source / });
    await row.getByText(`:${process.pid}`, { exact: false }).waitFor();
  });

  it('ask for a rebuild, and show how far it is until it is done', async () => {
    const { page } = admin;
    const models = part('Read models');
    await models.getByRole('button', { name: 'Rebuild source' }).click();
    const dialog = page.getByRole('dialog', { name: 'Compute a read model anew' });
    await dialog.getByRole('button', { name: 'Rebuild it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await models.getByText('Waits for a projector to build version').waitFor();
    await models.getByText('asked for by test admin').waitFor();
    expect(await models.getByRole('button', { name: 'Rebuild source' }).count()).toBe(0);
    await console_.api.database.ownerPool.query(HOLD_AFTER_FIRST_BATCH);
    const holder = await console_.api.database.ownerPool.connect();
    const stop = new AbortController();
    let working = Promise.resolve();
    try {
      await holder.query('SELECT pg_advisory_lock(1)');
      working = startWorker(stop.signal);
      await models.getByText('Being rebuilt as version').waitFor();
      await models.getByText(/\b10 of \d+ events \(\d+ %\)/).waitFor();
      const bar = models.getByRole('progressbar', { name: 'Rebuild of source' });
      const { events } = await eventsInLog();
      expect(Number(await bar.getAttribute('value'))).toBeCloseTo(10 / events, 5);
      await models.getByText(/about \d+ (s|min)|time left not known yet/).waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await pictures(page, 'A rebuild under way');
    } finally {
      await holder.query('SELECT pg_advisory_unlock(1)');
      holder.release();
    }
    await models.getByRole('button', { name: 'Rebuild source' }).waitFor();
    expect(await models.getByRole('progressbar').count()).toBe(0);
    stop.abort();
    await working;
    const { rows } = await console_.api.database.ownerPool.query(
      `SELECT actor_name FROM operations.access_log WHERE action = 'rebuild.started'`,
    );
    expect(rows).toEqual([{ actor_name: 'test admin' }]);
  });

  it('do not scroll sideways on a telephone', async () => {
    const narrow = await console_.visitor('admin', { width: 360 });
    await narrow.page.goto('/operations');
    await narrow.page.getByRole('row', { name: /^source / }).waitFor();
    expect(await sidewaysScroll(narrow.page)).toBeLessThanOrEqual(0);
  });

  it('never broke a rule of the page', () => {
    expect(admin.complaints).toEqual([]);
  });

  function startWorker(signal: AbortSignal): Promise<void> {
    const { store, pool } = console_.api.parts;
    const openOwnerPool = () =>
      openPool({
        url: console_.api.database.url,
        role: 'owner',
        max: 2,
        pipeline: true,
        applicationName: 'test rebuilds',
      });
    return new RebuildWorker({ store, pool, openOwnerPool, batchSize: 10 }).run(signal);
  }

  async function eventsInLog(): Promise<{ readonly events: number }> {
    const { rows } = await console_.api.database.ownerPool.query('SELECT count(*)::int AS events FROM ledger.events');
    return rows[0] as { events: number };
  }
});

/** The rebuild waits, in its second batch, for a lock that the test holds. */
const HOLD_AFTER_FIRST_BATCH = `
  CREATE FUNCTION read_models.hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF new.events_done > 10 THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
      RETURN new;
    END $$;
  CREATE TRIGGER hold BEFORE UPDATE ON read_models.rebuilds FOR EACH ROW EXECUTE FUNCTION read_models.hold()`;
