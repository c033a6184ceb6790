import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityKey } from '#operations';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { picture } from './picture.js';
import { claimOf, unfoldClaims, wordIn } from './thread-page.js';

const THREAD = '/threads/kim-putin-visit';
const ARMS = 'Russia is negotiating to buy munitions from North Korea';
const reason = 'For the look of it.';

/** What opens a dialog: a button of the page, or of something in it. */
type Opener = (page: Page) => Locator;
const button =
  (name: string, within: (page: Page) => Page | Locator = (page) => page): Opener =>
  (page) =>
    within(page).getByRole('button', { name, exact: true });
const onArms = (page: Page) => claimOf(page, ARMS);
const onWord = (page: Page) => wordIn(claimOf(page, ARMS), 'Linda Thomas-Greenfield');

/** Every dialog of what can be entered. */
const DIALOGS: readonly (readonly [title: string, path: string, opener: Opener])[] = [
  ['Record a word', THREAD, button('Record a word')],
  ['Add a claim', THREAD, button('Add a claim')],
  ['Edit the thread', THREAD, button('Edit')],
  ['Claims that cannot all be true', THREAD, button('Claims that exclude each other')],
  ['Merge into another thread', THREAD, button('Merge')],
  ['Close the thread', THREAD, button('Close')],
  ['Reopen the thread', '/threads/closed-story', button('Reopen')],
  ['Undo the merge', '/threads/merged-story', button('Undo the merge')],
  ['Reword the claim', THREAD, button('Reword', onArms)],
  ['Rule on the claim', THREAD, button('Rule', onArms)],
  ['Lift the ruling', THREAD, button('Lift the ruling')],
  ['Mark the claim moot', THREAD, button('Moot', onArms)],
  ['Mark the claim lapsed', THREAD, button('Lapsed', onArms)],
  ['Correct: Linda Thomas-Greenfield reports', THREAD, button('Correct', onWord)],
  ['Retract: Linda Thomas-Greenfield reports', THREAD, button('Retract', onWord)],
  ['Void: Linda Thomas-Greenfield reports', THREAD, button('Void', onWord)],
  ['Record that a piece went out', THREAD, button('Record that a piece went out')],
  ['Withdraw the piece', THREAD, button('Withdraw')],
  ['Register a source', '/sources', button('Register a source')],
  ['Revise the source', '/sources/kremlin', button('Revise')],
  ['Rate its reliability', '/sources/kremlin', button('Rate')],
  ['Seal the identity', '/sources/kremlin', button('Seal the identity')],
  ['The sealed identity', '/sources/insider', button('Show the identity')],
  ['Erase the identity', '/sources/insider', button('Erase the identity')],
];

describe('each dialog of what is entered', () => {
  let console_: ConsoleUnderTest;
  const visitors = new Map<string, Visitor>();
  beforeAll(async () => {
    console_ = await openConsole();
    console_.api.vault.use(IdentityKey.generate());
    await loadDemo(console_.api.parts);
    const send = async (method: 'POST' | 'PUT', url: string, payload: object) => {
      const answer = await console_.api.inject({ method, url, as: 'admin', payload, headers: { 'if-match': '*' } });
      expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300);
    };
    await send('PUT', `/v1${THREAD}/claims/eef/ruling`, { status: 'disputed', reason });
    await send('POST', `/v1${THREAD}/publications`, { piece: 'cms-1', publishedAt: '2023-09-11T12:00:00Z' });
    for (const slug of ['closed-story', 'merged-story']) {
      await send('POST', '/v1/threads', { slug, headline: slug, desk: 'asia' });
    }
    await send('POST', '/v1/threads/merged-story/merge', { into: 'closed-story', reason });
    await send('POST', '/v1/threads/closed-story/close', { reason });
    const insider = { key: 'insider', name: 'A senior official', kind: 'unnamed', group: 'unnamed:insider' };
    await send('POST', '/v1/sources', insider);
    await send('POST', '/v1/sources/insider/seal', { label: insider.name, identity: 'Kim Min-jun', reason });
    visitors.set('light', await console_.visitor('admin'));
    visitors.set('dark', await console_.visitor('admin', { colorScheme: 'dark' }));
    visitors.set('narrow', await console_.visitor('admin', { width: 360 }));
  }, 300_000);
  afterAll(() => console_?.close());

  describe.each(DIALOGS)('%s', (title, path, opener) => {
    it.each(['light', 'dark', 'narrow'])(
      'gives axe nothing to find, does not scroll sideways, and closes (%s)',
      async (as) => {
        const { page } = await visitorAt(as, path);
        await opener(page).click();
        const dialog = page.getByRole('dialog', { name: title });
        await dialog.waitFor();
        if (await dialog.locator('.preview').isVisible()) await dialog.locator('.change').first().waitFor();
        await picture(page, `${title} ${as}`);
        if (as !== 'narrow') expect(await axeFindings(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
        expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
      },
    );
  });

  it('has complained of nothing', () => {
    expect([...visitors.values()].flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  async function visitorAt(as: string, path: string): Promise<Visitor> {
    const visitor = visitors.get(as);
    if (visitor === undefined) throw new Error(`nobody visits ${as}`);
    const { page } = visitor;
    if (new URL(page.url()).pathname !== path) await page.goto(path);
    await page.locator('h1').first().waitFor();
    if (path === THREAD) await unfoldClaims(page);
    return visitor;
  }
});
