import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { pictures } from './picture.js';

/** Two good rows of which the second is said twice, and two bad ones. */
const FILE = `${[
  'thread,headline,desk,claim,statement,stance,source,source_name,source_kind,source_group,stated_at',
  'harbour-fire,Fire in the harbour,metro,arson,Somebody laid it,report,gazette,The Gazette,outlet,outlet:gazette,2024-05-01T08:00:00Z',
  'harbour-fire,,,arson,,confirm,police,The police,government,government:police,2024-05-01T09:00:00Z',
  'harbour-fire,,,arson,,confirm,police,,,,2024-05-01T09:00:00Z',
  'harbour-fire,,,arson,,perhaps,gazette,,,,2024-05-01T10:00:00Z',
  'harbour-fire,,,arson,,report,gazette,,,,yesterday',
].join('\n')}\n`;

describe('an import at the console', () => {
  let console_: ConsoleUnderTest;
  let editor: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    editor = await console_.visitor('editor');
  }, 300_000);
  afterAll(() => console_?.close());

  const upload = async (dryRun: boolean) => {
    const { page } = editor;
    await page.goto('/operations/imports');
    await page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'harbour.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(FILE),
    });
    await page.getByLabel('Dry run').setChecked(dryRun);
    await page.getByRole('button', { name: dryRun ? 'Try the import' : 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'harbour.csv' }).waitFor();
    await fact('State').getByText('done').waitFor();
  };
  const fact = (name: string) =>
    editor.page.locator('.facts > div', { has: editor.page.getByText(name, { exact: true }) }).locator('dd');
  const rows = () => editor.page.getByRole('region', { name: 'Table: Rows' }).locator('tbody tr');
  const counts = async () => [await fact('Taken').textContent(), await fact('Refused').textContent()];

  it('is tried first, row by row, and leaves nothing', async () => {
    await upload(true);
    await editor.page.getByText('dry run: nothing was stored').waitFor();
    await expect.poll(counts).toEqual(['2', '2']);
    expect((await console_.api.inject({ url: '/v1/threads/harbour-fire', as: 'reader' })).statusCode).toBe(404);
    expect(await editor.page.getByRole('button', { name: 'Void the import' }).count()).toBe(0);
  });

  it('takes what is good and says of each bad row what is wrong with it, and where', async () => {
    const { page } = editor;
    await upload(false);
    await expect.poll(counts).toEqual(['2', '2']);
    await expect.poll(() => rows().count()).toBe(5);
    const why = page.getByRole('region', { name: 'Table: Why rows were refused' });
    await why.getByRole('row', { name: /stance/ }).waitFor();
    await why.getByRole('row', { name: /stated_?at/i }).waitFor();
    await page.getByRole('button', { name: 'Refused', exact: true }).click();
    await expect.poll(() => rows().count()).toBe(2);
    const texts = await rows().allTextContents();
    expect(texts[0]).toMatch(/harbour\.csv:5.*stance/);
    expect(texts[1]).toMatch(/harbour\.csv:6.*stated_at/);
    await page.getByRole('button', { name: 'There before' }).click();
    await expect.poll(() => rows().count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await rows().first().getByRole('link', { name: 'Its thread' }).click();
    await page.getByRole('heading', { name: 'Fire in the harbour' }).waitFor();
  });

  it('is there before when it comes again', async () => {
    await upload(false);
    await expect.poll(() => fact('There before').textContent()).toBe('3');
    expect(await counts()).toEqual(['0', '2']);
  });

  it('is voided from its page, with a reason that stands in the record', async () => {
    const { page } = editor;
    await page.goto('/operations/imports');
    await page
      .getByRole('row', { name: /harbour\.csv/ })
      .first()
      .waitFor();
    await pictures(page, 'Imports');
    await page
      .getByRole('row', { name: /harbour\.csv done 5 2/ })
      .getByRole('link')
      .click();
    await page.getByRole('button', { name: 'Void the import' }).click();
    const dialog = page.getByRole('dialog', { name: 'Void the import' });
    await dialog.getByRole('button', { name: 'Void the import' }).click();
    await expect.poll(() => dialog.getByLabel('Why').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Why').fill('It was last year’s file.');
    await dialog.getByRole('button', { name: 'Void the import' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await fact('State').getByText('voided').waitFor();
    await page.getByText('“It was last year’s file.”').waitFor();
    expect(await fact('Voided').textContent()).toBe('2');
    await expect.poll(() => rows().first().textContent()).toContain('then voided');
    expect(await page.getByRole('button', { name: 'Void the import' }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await pictures(page, 'An import that was voided');
    const { status, lifecycle } = (await console_.api.inject({ url: '/v1/threads/harbour-fire', as: 'reader' })).json();
    expect({ status, lifecycle }).toEqual({ status: 'open', lifecycle: 'closed' });
  });

  it('is looked at by readers, who can neither bring one in nor void one', async () => {
    const { page } = await console_.visitor('reader', { width: 360 });
    await page.goto('/operations/imports');
    await page.getByRole('link', { name: 'harbour.csv' }).first().waitFor();
    expect(await page.getByLabel('File', { exact: true }).count()).toBe(0);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.getByRole('link', { name: 'harbour.csv' }).first().click();
    await page.getByRole('heading', { name: 'Rows', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Void the import' }).count()).toBe(0);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
  });

  it('never broke a rule of the page', () => {
    expect(editor.complaints).toEqual([]);
  });
});
