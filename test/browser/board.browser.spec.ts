import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

const MANY = 10_000;

describe('the board', () => {
  let console_: ConsoleUnderTest;
  let reader: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    reader = await console_.visitor('reader');
    await reader.page.getByText('13 attributions').waitFor();
  }, 300_000);
  afterAll(() => console_?.close());

  it('is filtered and searched, and keeps both in its address', async () => {
    const { page } = reader;
    const story = page.getByRole('link', { name: 'Kim Jong Un expected in Russia' });
    await page.getByRole('button', { name: 'Denied' }).click();
    await page.getByText('No thread matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Confirmed', exact: true }).click();
    await story.waitFor();
    await page.getByLabel('Search').fill('munitions');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('munitions');
    await story.waitFor();
    await page.reload();
    await story.waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('munitions');
    expect(await page.getByRole('button', { name: 'Denied' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByLabel('Search').fill('weather');
    await page.getByText('No thread matches these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await story.waitFor();
  });

  it('is narrowed to threads in which a source spoke', async () => {
    const { page } = reader;
    await page.goto('/');
    await page.getByText('Desk, topic, source, time').click();
    const source = page.getByRole('combobox', { name: 'Source that spoke' });
    await source.fill('Yonhap');
    await page.getByRole('option', { name: /Yonhap/ }).click();
    // It carried words and spoke none.
    await page.getByText('No thread matches these filters.').waitFor();
    await source.fill('Kremlin');
    await page.getByRole('option', { name: /The Kremlin/ }).click();
    await page.getByText('13 attributions').waitFor();
  });

  it('is walked by keyboard', async () => {
    const { page } = reader;
    await page.goto('/');
    await page.getByText('13 attributions').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText('Replay the story').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('play the replay').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.getByText('13 attributions').waitFor();
  });

  it(`holds ${MANY} threads and keeps only those in view in the page`, async () => {
    const { page } = reader;
    await fillBoard();
    await page.goto('/');
    await page.getByText('Story 10000', { exact: true }).waitFor();
    const rows = page.locator('.board > li');
    for (let looks = 0; !(await page.getByText(`${MANY + 1} threads`).isVisible()); looks++) {
      expect(looks).toBeLessThan(400);
      expect(await rows.count()).toBeLessThan(60);
      await page.keyboard.press('End');
      await page.waitForTimeout(50);
    }
    await page.getByText('Story 1', { exact: true }).waitFor();
    expect(await rows.count()).toBeLessThan(60);
    // Rows that are measured while the page still moves stop it on its way.
    await expect
      .poll(async () => {
        await page.keyboard.press('Home');
        return page.getByText('Story 10000', { exact: true }).isVisible();
      })
      .toBe(true);
    expect(reader.complaints).toEqual([]);
  }, 120_000);

  /** Rows such as the projector writes them, of stories that differ from the seed story in name and time alone. */
  async function fillBoard(): Promise<void> {
    const { ownerPool } = console_.api.database;
    const { rows } = await ownerPool.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'read_models' AND table_name = 'thread_board' AND is_generated = 'NEVER'`,
    );
    const columns = rows.map(({ name }) => name).join(', ');
    await ownerPool.query(
      `INSERT INTO read_models.thread_board (${columns})
       SELECT ${columns} FROM (
         SELECT (jsonb_populate_record(t, jsonb_build_object(
           'thread_id', gen_random_uuid(), 'slug', 'story-' || n, 'headline', 'Story ' || n,
           'changed_at', t.changed_at + n * interval '1 second'))).*
         FROM read_models.thread_board t CROSS JOIN generate_series(1, $1) n WHERE t.slug = 'kim-putin-visit') made`,
      [MANY],
    );
  }
});
