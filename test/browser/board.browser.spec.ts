import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

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
});
