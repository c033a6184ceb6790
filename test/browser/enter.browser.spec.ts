import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { seedStory } from '../seed-story.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { claimOf, unfoldClaims, wordIn } from './thread-page.js';

const STORY = 'kim-putin-visit';

/** Each on the story as the one before left it, seen on the screen and in what the API says. */
describe('an editor at the seed story', () => {
  let console_: ConsoleUnderTest;
  let editor: Visitor;
  let page: Page;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    editor = await console_.visitor('editor');
    page = editor.page;
    await goTo(STORY);
  }, 300_000);
  afterAll(() => console_?.close());

  it('corrects a word, and sees before what would come of it', async () => {
    await inDialog(wordIn(claim('arms'), 'Linda Thomas-Greenfield'), 'Correct', async (dialog) => {
      await dialog.getByLabel('Denies', { exact: true }).check();
      const preview = dialog.locator('.preview');
      await preview.getByText('Doubted', { exact: true }).waitFor();
      await preview.getByText('Reported', { exact: true }).waitFor();
      await dialog.getByLabel('The words themselves').fill('No such talks that we know of.');
      await dialog.getByRole('button', { name: 'Correct' }).click();
      // Nobody said why: the API refuses it at that field, which has the focus.
      const why = dialog.getByLabel('Why');
      await dialog.getByRole('alert').waitFor();
      expect(await why.getAttribute('aria-invalid')).toBe('true');
      expect(await why.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
      await why.fill('The mission put out another transcript.');
      await dialog.getByRole('button', { name: 'Correct' }).click();
    });
    await standsAs('arms', 'Doubted');
    await claim('arms').locator('.set-aside').getByText('Corrected', { exact: true }).waitFor();
    expect(await claimOfApi('arms')).toMatchObject({ status: 'doubted', setAside: [{ reason: 'corrected' }] });
  });

  it('records that a source took its word back', async () => {
    await inDialog(wordIn(claim('eef'), 'Dmitry Peskov'), 'Retract', async (dialog) => {
      await dialog.getByLabel('Taken back by').selectOption({ label: 'RTVI' });
      await dialog.getByLabel('Why').fill('The channel took the quote down.');
      await dialog.getByRole('button', { name: 'Retract' }).click();
    });
    await standsAs('eef', 'Tentative');
    await claim('eef').locator('.set-aside').getByText('The channel took the quote down.', { exact: false }).waitFor();
    expect(await claimOfApi('eef')).toMatchObject({ status: 'tentative', setAside: [{ reason: 'retracted' }] });
  });

  it('voids a slip', async () => {
    await inDialog(wordIn(claim('one-on-one'), 'The Kremlin'), 'Void', (dialog) => because(dialog, 'Void'));
    await standsAs('one-on-one', 'Open');
    await claim('one-on-one').locator('.set-aside').getByText('Voided', { exact: true }).waitFor();
    expect(await claimOfApi('one-on-one')).toMatchObject({ status: 'open', setAside: [{ reason: 'voided' }] });
  });

  it('rules on a claim and lifts the ruling', async () => {
    await inDialog(claim('departed'), 'Rule', async (dialog) => {
      await dialog.getByLabel('Status').selectOption({ label: 'Disputed' });
      await because(dialog, 'Rule');
    });
    await standsAs('departed', 'Disputed');
    await claim('departed').getByText('By the rules alone it would be reported.', { exact: false }).waitFor();
    expect(await claimOfApi('departed')).toMatchObject({ status: 'disputed', computedStatus: 'reported' });
    await inDialog(claim('departed'), 'Lift the ruling', (dialog) => because(dialog, 'Lift the ruling'));
    await standsAs('departed', 'Reported');
    expect(await claimOfApi('departed')).toMatchObject({ status: 'reported', ruling: null });
  });

  it('marks claims as moot and as lapsed', async () => {
    await inDialog(claim('delegations'), 'Moot', (dialog) => because(dialog, 'Mark it moot'));
    await standsAs('delegations', 'Moot');
    await inDialog(claim('departed'), 'Lapsed', (dialog) => because(dialog, 'Mark it lapsed'));
    await standsAs('departed', 'Lapsed');
    await claim('departed').getByText('Before that it was reported.', { exact: false }).waitFor();
    expect(await claimOfApi('delegations')).toMatchObject({ status: 'moot', lastStatus: 'confirmed' });
    expect(await claimOfApi('departed')).toMatchObject({ status: 'lapsed', origin: 'lapsed' });
  });

  it('adds a claim with its authorities, and says which claims exclude each other', async () => {
    const calledOff = 'The visit is called off';
    await inDialog(page, 'Add a claim', async (dialog) => {
      await dialog.getByLabel('Statement').fill(calledOff);
      await dialog.getByLabel('Key').fill('called-off');
      await dialog.getByRole('combobox', { name: 'Add one' }).fill('Kremlin');
      await page.locator('.offers.open').getByRole('option', { name: 'The Kremlin' }).click();
      await dialog.getByRole('button', { name: 'Remove The Kremlin' }).waitFor();
      await dialog.getByRole('button', { name: 'Add the claim' }).click();
    });
    await claimOf(page, calledOff).locator('summary').getByText('Open', { exact: true }).waitFor();
    await inDialog(page, 'Claims that exclude each other', async (dialog) => {
      await dialog.getByLabel(calledOff).check();
      await dialog.getByRole('button', { name: 'They exclude each other' }).click();
      await dialog.locator('.claim-choice').getByText('Must have at least 2 items.').waitFor();
      await dialog.getByLabel(statementOf('visit')).check();
      await dialog.getByRole('button', { name: 'They exclude each other' }).click();
    });
    await claimOf(page, calledOff).locator('summary').getByText('Moot', { exact: true }).waitFor();
    const kremlin = await says('/v1/sources/kremlin');
    expect(await claimOfApi('called-off')).toMatchObject({
      status: 'moot',
      origin: 'exclusive_set',
      standing: [kremlin['sourceId']],
    });
  });

  it('rewords a claim and edits the thread, and sends only what was changed', async () => {
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.postDataJSON());
    });
    await inDialog(claim('one-on-one'), 'Reword', async (dialog) => {
      await dialog.getByLabel('Core: it decides', { exact: false }).check();
      await because(dialog, 'Reword');
    });
    await claim('one-on-one').locator('summary').getByText('detail', { exact: true }).waitFor({ state: 'hidden' });
    await inDialog(page, 'Edit', async (dialog) => {
      await dialog.getByLabel('Topics').fill('north-korea, summits');
      await dialog.getByRole('button', { name: 'Save' }).click();
    });
    await page.locator('.thread-head').getByRole('link', { name: 'summits' }).waitFor();
    expect(sent).toEqual([{ core: true, reason: 'For the record.' }, { topics: ['north-korea', 'summits'] }]);
    expect(await claimOfApi('one-on-one')).toMatchObject({ core: true });
    expect(await says(`/v1/threads/${STORY}`)).toMatchObject({ topics: ['north-korea', 'summits'] });
  });

  it('records that a piece went out, is warned when it rests on what fell, and withdraws it', async () => {
    await inDialog(page, 'Record that a piece went out', async (dialog) => {
      await dialog.getByLabel('The piece').fill('cms-4711');
      await dialog.getByLabel('Title').fill('Kim to visit Russia');
      await dialog.getByRole('button', { name: 'It went out' }).click();
    });
    const published = page.locator('.publications');
    await published.getByText('Kim to visit Russia').waitFor();
    expect((await says(`/v1/publications/downgrades?thread=${STORY}`))['items']).toEqual([]);
    await inDialog(claim('visit'), 'Rule', async (dialog) => {
      await dialog.getByLabel('Status').selectOption({ label: 'Disputed' });
      await because(dialog, 'Rule');
    });
    const warning = published.locator('.downgrade');
    await warning.getByText('Look at “Kim to visit Russia” again.').waitFor();
    expect(await warning.textContent()).toMatch(/was confirmed when it went out and is disputed now/);
    expect((await says(`/v1/publications/downgrades?thread=${STORY}`))['items']).toMatchObject([
      { from: 'confirmed', to: 'disputed', publication: { piece: 'cms-4711' } },
    ]);
    await inDialog(published, 'Withdraw', (dialog) => because(dialog, 'Withdraw'));
    await published.getByText('withdrawn', { exact: true }).waitFor();
    await warning.waitFor({ state: 'hidden' });
    const { items } = await says(`/v1/threads/${STORY}/publications`);
    expect(items).toMatchObject([{ piece: 'cms-4711', state: 'withdrawn' }]);
  });

  it('closes the thread, which takes in nothing then, and reopens it', async () => {
    await inDialog(page, 'Close', (dialog) => because(dialog, 'Close the thread'));
    await page.locator('.thread-head').getByText('closed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Record a word', exact: true }).waitFor({ state: 'hidden' });
    expect(await says(`/v1/threads/${STORY}`)).toMatchObject({ lifecycle: 'closed' });
    await inDialog(page, 'Reopen', (dialog) => because(dialog, 'Reopen the thread'));
    await page.getByRole('button', { name: 'Record a word', exact: true }).waitFor();
    expect(await says(`/v1/threads/${STORY}`)).toMatchObject({ lifecycle: 'active' });
  });

  it('opens a thread with an authority for its claim, merges it into the story, and takes that back', async () => {
    await page.getByRole('link', { name: 'Open a thread' }).click();
    await page.getByLabel('Headline').fill('A train at Khasan');
    await page.getByLabel('Desk').fill('asia');
    await page.getByLabel('Claim 1').fill('Kim’s train has crossed the border at Khasan');
    await page.getByRole('combobox', { name: 'Add one' }).fill('Kremlin');
    await page.locator('.offers.open').getByRole('option', { name: 'The Kremlin' }).click();
    await page.getByRole('button', { name: 'Remove The Kremlin' }).waitFor();
    await page.getByRole('button', { name: 'Open the thread' }).click();
    await page.getByRole('heading', { name: 'A train at Khasan' }).waitFor();
    const { sourceId } = await says('/v1/sources/kremlin');
    expect(await says('/v1/threads/a-train-at-khasan')).toMatchObject({ claims: [{ standing: [sourceId] }] });

    await inDialog(page, 'Merge', async (dialog) => {
      await dialog.getByRole('combobox', { name: 'The thread that stays' }).fill('talks with Putin');
      await page
        .locator('.offers.open')
        .getByRole('option', { name: /Kim Jong Un expected/ })
        .click();
      await because(dialog, 'Merge');
    });
    await page.getByText('speaks for this one', { exact: false }).waitFor();
    expect(await says('/v1/threads/a-train-at-khasan')).toMatchObject({ lifecycle: 'merged' });
    await page.getByRole('link', { name: 'another thread' }).click();
    await claimOf(page, 'Kim’s train has crossed the border at Khasan').waitFor();

    await goTo('a-train-at-khasan');
    await inDialog(page, 'Undo the merge', (dialog) => because(dialog, 'Undo the merge'));
    await page.getByRole('button', { name: 'Record a word', exact: true }).waitFor();
    expect(await says('/v1/threads/a-train-at-khasan')).toMatchObject({ lifecycle: 'active', claimCount: 1 });
    expect((await says(`/v1/threads/${STORY}`))['claimCount']).toBe(seedStory.claims.length + 1);
  });

  it('never broke a rule of the page', () => {
    expect(editor.complaints).toEqual([]);
  });

  const claim = (key: string) => claimOf(page, statementOf(key));

  async function goTo(slug: string): Promise<void> {
    await page.goto(`/threads/${slug}`);
    await unfoldClaims(page);
  }

  async function inDialog(within: Page | Locator, button: string, fill: (dialog: Locator) => Promise<void>) {
    await within.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await fill(dialog);
    await dialog.waitFor({ state: 'hidden' });
  }

  async function because(dialog: Locator, submit: string): Promise<void> {
    await dialog.getByLabel('Why').fill('For the record.');
    await dialog.getByRole('button', { name: submit, exact: true }).click();
  }

  async function standsAs(key: string, word: string): Promise<void> {
    await claim(key).locator('summary').getByText(word, { exact: true }).waitFor();
  }

  async function says(url: string): Promise<Record<string, unknown>> {
    const answer = await console_.api.inject({ url, as: 'reader' });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  }

  const claimOfApi = (key: string) => says(`/v1/threads/${STORY}/claims/${key}`);
});

function statementOf(key: string): string {
  return seedStory.claims.find((claim) => claim.key === key)?.statement ?? key;
}
