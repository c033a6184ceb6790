import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle, SigningKey, verifyReceipt } from '#proof';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { CLAIM_MEANINGS, THREAD_MEANINGS } from '../../apps/console/src/status/status-meanings.js';
import { seedStory } from '../seed-story.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

const THREAD = '/threads/kim-putin-visit';
const STEPS = seedStory.attributions.length + 1;

describe('the replay of the seed story', () => {
  let console_: ConsoleUnderTest;
  let editor: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    const { proof } = console_.api.parts;
    const key = SigningKey.generate('example.org/ledger');
    await proof.checkpoints.addFirstKey(key.verifier);
    proof.signer.use(key);
    await proof.projector().catchUp();
    editor = await console_.visitor('editor');
    await editor.page.goto(THREAD);
    await editor.page.getByText('What would change it').first().waitFor();
  }, 300_000);
  afterAll(() => console_?.close());

  const caption = () => editor.page.locator('.replay-caption');
  const at = (step: number) => caption().getByText(`Step ${step} of ${STEPS}`);
  const download = async (name: string) => {
    const [file] = await Promise.all([
      editor.page.waitForEvent('download'),
      editor.page.getByRole('link', { name }).click(),
    ]);
    return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
  };

  it('is walked by keyboard alone: steps, ends, slider, and play', async () => {
    const { page } = editor;
    await page.keyboard.press('Home');
    await at(1).waitFor();
    await page.keyboard.press('ArrowLeft');
    await at(1).waitFor();
    await page.keyboard.press('ArrowRight');
    await at(2).waitFor();
    const slider = page.getByRole('slider', { name: 'Step' });
    await slider.focus();
    // The slider has the key itself: one press is one step.
    await page.keyboard.press('ArrowRight');
    await at(3).waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toContain('reports "visit"');
    await page.keyboard.press('Tab');
    await page.keyboard.press('End');
    await caption().getByText('Now', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Halt' }).waitFor();
    await at(2).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Replay the story' }).waitFor();
    await page.keyboard.press('Home');
    await at(1).waitFor();
    await page.getByText(`All ${STEPS} steps in words`).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Go to step 9' }).focus();
    await page.keyboard.press('Enter');
    await at(9).waitFor();
    expect(new URL(page.url()).search).toBe('?step=8');
  });

  it('is found again where it stood, by its address', async () => {
    const visitor = await console_.visitor('reader');
    await visitor.page.goto(`${THREAD}?step=8`);
    await visitor.page.getByText(`Step 9 of ${STEPS}`).waitFor();
    await visitor.page.goto(`${THREAD}?step=99999`);
    await visitor.page.locator('.replay-caption').getByText('Now', { exact: true }).waitFor();
    await visitor.page.goto(`${THREAD}?step=nonsense&by=nobody`);
    await visitor.page.locator('.replay-caption').getByText('Now', { exact: true }).waitFor();
  });

  it('has a timeline that shows each status from the step at which it came', async () => {
    const { page } = editor;
    const rows = page.locator('.timeline .rows > .row');
    for (const claim of ['thread', ...seedStory.claims.map(({ key }) => key)]) {
      const expected: string[] = [];
      for (const step of seedStory.attributions) {
        if (claim !== 'thread' && step.claim !== claim) continue;
        const word =
          claim === 'thread' ? THREAD_MEANINGS[step.expect.thread].word : CLAIM_MEANINGS[step.expect.claim].word;
        if (word !== (expected.at(-1) ?? 'Open')) expected.push(word);
      }
      const label = claim === 'thread' ? 'Thread' : claim;
      const row = rows.filter({ has: page.locator('.label').getByText(label, { exact: true }) });
      const shown = await row.locator('.segment').allTextContents();
      expect(
        shown.map((text) => text.trim()).filter((word) => word !== 'Open'),
        label,
      ).toEqual(expected);
    }
  });

  it('tells what is different between any two moments, and nothing between a moment and itself', async () => {
    const { page } = editor;
    const summary = page.getByText('What is different between two moments');
    await summary.click();
    const diff = page.locator('details.diff');
    const { text } = (
      await console_.api.inject({ url: '/v1/threads/kim-putin-visit/diff?from=6', as: 'reader' })
    ).json();
    const lines = diff.getByRole('listitem');
    await expect.poll(() => lines.count()).toBe(text.length);
    await diff.getByLabel('From').selectOption({ index: 3 });
    await diff.getByLabel('To').selectOption({ index: 3 });
    await diff.getByText('Nothing: everything stands as before.').waitFor();
    await diff.getByLabel('To').selectOption({ label: 'Now' });
    await expect.poll(() => lines.count()).toBeGreaterThan(3);
    await diff.getByText('→', { exact: false }).first().waitFor();
    // Backwards, too: what later came is taken away.
    await diff.getByLabel('From').selectOption({ label: 'Now' });
    await diff.getByLabel('To').selectOption({ index: 0 });
    await expect.poll(() => lines.count()).toBeGreaterThan(3);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('As it was said').check();
    await summary.click();
    await diff.getByLabel('To').selectOption({ index: 1 });
    await lines.first().waitFor();
    expect(await diff.getByRole('alert').count()).toBe(0);
    await page.getByLabel('As we knew it').check();
  });

  it('is taken along: the replay as CSV, and the evidence as a bundle', async () => {
    const csv = await download('Replay as CSV');
    expect(csv.name).toMatch(/\.csv$/);
    const lines = csv.content.toString('utf8').trim().split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(STEPS);
    expect(lines[0]).toContain('sentence');
    const bundle = await download('Evidence');
    expect(bundle.name).toMatch(/^evidence-kim-putin-visit-r\d+\.zip$/);
    const files = [...readBundle(bundle.content).keys()];
    expect(files).toEqual(expect.arrayContaining(['README.txt', 'manifest.txt', 'verify.mjs']));
  });

  it('shows of a step that it stands in the signed log, and whoever doubts it takes the receipt along', async () => {
    const { page } = editor;
    await page.goto(`${THREAD}?step=8`);
    await at(9).waitFor();
    const opener = caption().getByRole('button', { name: 'Proof of this step' });
    await opener.click();
    const dialog = page.getByRole('dialog', { name: 'Proof of what was recorded' });
    await dialog.getByText('Proven. All of it was worked out in this browser.').waitFor();
    const { items } = (
      await console_.api.inject({ url: '/v1/threads/kim-putin-visit/replay?limit=100', as: 'reader' })
    ).json();
    const { eventId, type } = items[items.length - STEPS + 8];
    const receipt = (await console_.api.inject({ url: `/v1/events/${eventId}/receipt`, as: 'reader' })).json();
    for (const text of [receipt.eventHash, `leaf ${receipt.leafIndex} `, type]) {
      await dialog.getByText(text, { exact: false }).first().waitFor();
    }
    expect(await axeFindings(page)).toEqual([]);
    const file = await download('Receipt, which proves itself offline');
    expect(verifyReceipt(file.content.toString('utf8')).event.id).toBe(eventId);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await opener.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  });

  it('shows the proof of each event of the first step, and of a word', async () => {
    const { page } = editor;
    await page.keyboard.press('Home');
    await at(1).waitFor();
    await caption().getByRole('button', { name: 'Proof of this step' }).click();
    const dialog = page.getByRole('dialog', { name: 'Proof of what was recorded' });
    await dialog.getByText('ThreadOpened', { exact: false }).first().waitFor();
    await dialog.getByRole('button', { name: '2', exact: true }).click();
    await dialog.getByText('ClaimOpened', { exact: false }).first().waitFor();
    await dialog.getByText('Proven.', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Proof of what The Kremlin said' }).first().click();
    await dialog.getByText('ClaimConfirmed', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('is whole on paper: every claim, and every step in words', async () => {
    const { page } = await console_.visitor('reader', { width: 700 });
    await page.goto(THREAD);
    await page.getByText('What would change it').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`window.dispatchEvent(new Event('beforeprint'))`);
    const bodies = page.locator('li.claim .claim-body');
    await expect.poll(() => bodies.count()).toBe(seedStory.claims.length);
    expect(await page.locator('.steps ol li').count()).toBe(STEPS);
    expect(await page.locator('.steps ol').isVisible()).toBe(true);
    expect(await page.getByText('Confirmed', { exact: true }).first().isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: /^Proof of what/ }).count()).toBe(0);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
  });

  it('says so when a receipt does not hold', async () => {
    const { page } = await console_.visitor('reader', { width: 360 });
    await page.route('**/v1/events/*/receipt', async (route) => {
      const answer = await route.fetch();
      const receipt = await answer.json();
      await route.fulfill({ response: answer, json: { ...receipt, leafIndex: receipt.leafIndex + 1 } });
    });
    await page.goto(`${THREAD}?step=8`);
    await page.getByRole('button', { name: 'Proof of this step' }).click();
    const dialog = page.getByRole('dialog', { name: 'Proof of what was recorded' });
    await dialog.getByText('Not proven: something of this does not hold.').waitFor();
    await dialog.getByText('The event does not stand in the log of the checkpoint.').waitFor();
    await dialog.getByText('The hash is that of the event as it was recorded.').waitFor();
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('never broke a rule of the page', () => {
    expect(editor.complaints).toEqual([]);
  });
});
