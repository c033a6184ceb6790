import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAIM_MEANINGS, THREAD_MEANINGS } from '../../apps/console/src/status/status-meanings.js';
import { type SeedStory, seedStory } from '../seed-story.js';
import { axeFindings } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

type Step = SeedStory['attributions'][number];

const STANCES = { report: 'Reports', confirm: 'Confirms', deny: 'Denies', no_comment: 'No comment' } as const;

const nameOf = (key: string) => seedStory.sources.find((source) => source.key === key)?.name ?? key;
const statementOf = (key: string) => seedStory.claims.find((claim) => claim.key === key)?.statement ?? key;

describe('the seed story, entered through the console', () => {
  let console_: ConsoleUnderTest;
  let reporter: Visitor;
  let page: Page;
  beforeAll(async () => {
    console_ = await openConsole();
    reporter = await console_.visitor('reporter');
    page = reporter.page;
    // All but one, which is registered on the way.
    for (const source of seedStory.sources.filter(({ key }) => key !== 'us-ambassador-un')) {
      const answer = await console_.api.inject({ method: 'POST', url: '/v1/sources', as: 'reporter', payload: source });
      expect(answer.statusCode).toBe(201);
    }
  }, 300_000);
  afterAll(() => console_?.close());

  const heading = () => page.locator('.thread-head');
  const claim = (key: string) => page.locator('li.claim', { has: page.getByText(statementOf(key), { exact: true }) });

  it('begins with a thread and its claims', async () => {
    const { thread, claims } = seedStory;
    await page.getByRole('link', { name: 'Open a thread' }).click();
    await page.getByLabel('Headline').fill(thread.headline);
    await page.getByLabel('Slug').fill(thread.slug);
    await page.getByLabel('Desk').fill('Not A Desk');
    await page.getByLabel('Topics').fill(thread.topics.join(', '));
    for (const [index, { statement, core }] of claims.entries()) {
      if (index > 0) await page.getByRole('button', { name: 'Another claim' }).click();
      await page.getByLabel(`Claim ${index + 1}`).fill(statement);
      await page.getByLabel('Core: it decides').nth(index).setChecked(core);
    }
    await page.getByRole('button', { name: 'Open the thread' }).click();
    // What the API refuses stands at its field, which has the focus.
    const desk = page.getByLabel('Desk');
    await page.getByText('Must be lower-case words joined by dashes.').waitFor();
    expect(await desk.getAttribute('aria-invalid')).toBe('true');
    expect(await desk.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await desk.fill(thread.desk);
    await page.getByRole('button', { name: 'Open the thread' }).click();
    await heading().getByText(thread.headline).waitFor();
    await heading().getByText('Open', { exact: true }).waitFor();
  });

  it('goes on word by word, each with the status expected after it', async () => {
    for (const step of seedStory.attributions) {
      await record(step);
      await claim(step.claim).getByText(CLAIM_MEANINGS[step.expect.claim].word, { exact: true }).first().waitFor();
      await heading().getByText(THREAD_MEANINGS[step.expect.thread].word, { exact: true }).waitFor();
    }
    const { body } = await console_.api.inject({ url: '/v1/threads/kim-putin-visit', as: 'reader' });
    expect(JSON.parse(body)).toMatchObject({ status: 'confirmed', attributionCount: 13, claimCount: 6 });
  }, 120_000);

  it('is replayed step by step, and at each step stands as it stood', async () => {
    await page.keyboard.press('Home');
    await page.getByText('Step 1 of 14').waitFor();
    await heading().getByText('Open', { exact: true }).waitFor();
    for (const [index, step] of seedStory.attributions.entries()) {
      await page.keyboard.press('ArrowRight');
      await page.getByText(`Step ${index + 2} of 14`).waitFor();
      await heading().getByText(THREAD_MEANINGS[step.expect.thread].word, { exact: true }).waitFor();
      const moved = page.locator('li.claim.moved');
      await moved.getByText(statementOf(step.claim), { exact: true }).waitFor();
      await moved.locator('summary').getByText(CLAIM_MEANINGS[step.expect.claim].word, { exact: true }).waitFor();
      await page.locator('.replay-caption').getByText(nameOf(step.source)).waitFor();
    }
    expect(new URL(page.url()).searchParams.get('step')).toBe('13');
    await page.keyboard.press('End');
    await page.locator('.replay-caption').getByText('Now', { exact: true }).waitFor();
  });

  it('is replayed by when it was said, too, and plays by itself', async () => {
    await page.getByLabel('As it was said').check();
    await page.keyboard.press('Home');
    await page.locator('.replay-caption').getByText('30 Aug 2023').waitFor();
    await claim('visit').locator('summary').getByText('Open', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Replay the story' }).click();
    await page.getByRole('button', { name: 'Halt' }).waitFor();
    await page.locator('.replay-caption').getByText('Step 2 of').waitFor();
    await page.getByRole('button', { name: 'Halt' }).click();
    await page.getByLabel('As we knew it').check();
  });

  it('tells echoes apart from what counts, and says why', async () => {
    const aside = claim('visit').locator('.set-aside');
    await aside.getByText('Echo', { exact: true }).waitFor();
    expect(await aside.textContent()).toMatch(/Korean Central News Agency confirms via UPI/);
    expect(await aside.textContent()).toMatch(/counted is Korean Central News Agency, first hand/);
    expect(await claim('visit').locator('.side-for').textContent()).toContain('4 voices');
  });

  it('never broke a rule of the page', async () => {
    expect(reporter.complaints).toEqual([]);
  });

  async function record(step: Step): Promise<void> {
    await page.getByRole('button', { name: 'Record a word', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Record a word' });
    await dialog.getByLabel('Claim').selectOption({ label: statementOf(step.claim) });
    await dialog.getByLabel(STANCES[step.stance], { exact: true }).check();
    if (step.n === 1) await registerOnTheWay(step.source);
    else await pick('Who is quoted', nameOf(step.source));
    for (const [index, carrier] of step.via.entries()) {
      await dialog.getByRole('button', { name: 'Add a carrier' }).click();
      await pick(index === 0 ? 'From the speaker by' : 'and from there by', nameOf(carrier));
    }
    await dialog.getByLabel('Said at').fill(step.statedAt.slice(0, 16));
    const hasStanding = seedStory.claims.find(({ key }) => key === step.claim)?.standing.includes(step.source);
    await dialog.getByLabel('Party or authority here').selectOption(hasStanding ? 'Yes' : 'No');
    await dialog.getByLabel('Lets itself be named').setChecked(step.onRecord);
    await dialog.getByLabel('The words hedge').setChecked(step.tentative ?? false);
    if (step.quote !== undefined) await dialog.getByLabel('The words themselves').fill(step.quote);
    if (step.n === 4) expect(await axeFindings(page)).toEqual([]);
    // The form says what will come of it before it is sent.
    const preview = dialog.locator('.preview');
    await preview.getByText(CLAIM_MEANINGS[step.expect.claim].word, { exact: true }).first().waitFor();
    await preview.getByText(THREAD_MEANINGS[step.expect.thread].word, { exact: true }).first().waitFor();
    await dialog.getByRole('button', { name: 'Record', exact: true }).click();
    // What it says is the best account of why it stays.
    const says = async () =>
      (await dialog.isVisible()) ? dialog.textContent({ timeout: 500 }).catch(() => 'closing') : 'closed';
    await expect.poll(says, { timeout: 30_000 }).toBe('closed');
  }

  async function pick(label: string, name: string): Promise<void> {
    const field = page.getByRole('combobox', { name: label });
    await field.fill(name);
    await page.locator('.offers.open').getByRole('option', { name }).first().click();
    expect(await field.inputValue()).toBe(name);
  }

  async function registerOnTheWay(key: string): Promise<void> {
    const source = seedStory.sources.find((one) => one.key === key);
    if (source === undefined) throw new Error(`no source ${key}`);
    await page.getByRole('button', { name: 'Register a new source' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register a source' });
    await dialog.getByLabel('Name', { exact: true }).fill(source.name);
    await dialog.getByLabel('Kind').selectOption(source.kind);
    await dialog.getByLabel('Group').fill(source.group);
    await dialog.getByLabel('Key optional').fill(key);
    await dialog.getByRole('button', { name: 'Register' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }
});
