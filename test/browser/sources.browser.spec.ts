import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdentityKey, type Role } from '#operations';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { seedStory } from '../seed-story.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

const WHO = 'Kim Min-jun, Ministry of Unification';
const ACTIONS = ['Revise', 'Rate', 'Seal the identity', 'Show the identity', 'Erase the identity'] as const;
/** As many as one page of the list and more. */
const EXTRA = 60;

describe('the sources', () => {
  let console_: ConsoleUnderTest;
  let admin: Visitor;
  let page: Page;
  beforeAll(async () => {
    console_ = await openConsole();
    console_.api.vault.use(IdentityKey.generate());
    await loadDemo(console_.api.parts);
    for (let n = 1; n <= EXTRA; n++) {
      const local = { key: `local-${n}`, name: `Local paper ${n}`, kind: 'outlet', group: `outlet:local-${n}` };
      expect((await send('POST', '/v1/sources', local)).statusCode).toBe(201);
    }
    admin = await console_.visitor('admin');
    page = admin.page;
  }, 300_000);
  afterAll(() => console_?.close());

  it('are listed by name, page by page', async () => {
    await page.getByRole('link', { name: 'Sources', exact: true }).click();
    await page.getByRole('row', { name: /^A South Korean government official/ }).waitFor();
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBe(50);
    await page.getByRole('button', { name: 'More sources' }).click();
    await page.getByRole('row', { name: /^Yonhap/ }).waitFor();
    expect(await rows.count()).toBe(EXTRA + seedStory.sources.length);
    await page.getByRole('button', { name: 'More sources' }).waitFor({ state: 'hidden' });
  });

  it('are searched by name, kind and group, and the search stands in the address', async () => {
    await page.getByLabel('Name').fill('kreml');
    await page.getByRole('row', { name: /^The Kremlin/ }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    await page.getByLabel('Name').fill('');
    await page.getByLabel('Kind').selectOption('Official');
    await page.getByRole('row', { name: /^Dmitry Peskov/ }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2);
    await page
      .getByRole('row', { name: /^Dmitry Peskov/ })
      .getByRole('link', { name: 'government:ru' })
      .click();
    await page.getByRole('row', { name: /^The Kremlin/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('group')).toBe('government:ru');
    await page.reload();
    await page.getByRole('row', { name: /^The Kremlin/ }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2);
    await page.getByLabel('Group').fill('nobody');
    await page.getByText('No source matches these filters.').waitFor();
  });

  it('have each a page with counts, the group, the track record of denials and the history', async () => {
    await page.goto('/sources/peskov');
    await page.getByRole('heading', { name: 'Dmitry Peskov' }).waitFor();
    expect(await count('Denied')).toBe('1');
    expect(await count('Declined to comment')).toBe('1');
    await page.getByText('counts as one voice', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'The Kremlin' }).waitFor();
    await page.getByText('It denied 1 claim; others later confirmed 0 of it.').waitFor();
    await page.getByText('Registered as "Dmitry Peskov": official, of the group government:ru').waitFor();
    await page.getByRole('link', { name: 'Threads in which it spoke' }).click();
    await page.getByRole('link', { name: seedStory.thread.headline }).click();
    await page.getByRole('link', { name: 'Dmitry Peskov' }).first().click();
    await page.getByRole('heading', { name: 'Dmitry Peskov' }).waitFor();
  });

  it('are registered, and what is wrong is said at its field', async () => {
    await page.goto('/sources');
    await page.getByRole('button', { name: 'Register a source' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register a source' });
    await dialog.getByLabel('Name', { exact: true }).fill('An official');
    await dialog.getByLabel('Kind').selectOption('Official');
    await dialog.getByLabel('Key').fill('kremlin');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByLabel('Group').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Group').fill('government:kr');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await dialog.getByText('The key "kremlin" belongs to source', { exact: false }).first().waitFor();
    expect(await dialog.getByLabel('Key').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Key').fill('official');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'An official' }).waitFor();
    expect(await says('official')).toMatchObject({ name: 'An official', kind: 'official', group: 'government:kr' });
  });

  it('are revised, and what others changed meanwhile is shown first and kept', async () => {
    await page.goto('/sources/official');
    const dialog = await open('Revise');
    await dialog.getByLabel('Kind').selectOption('Person');
    await dialog.getByLabel('Why').fill('It has left its office.');
    const others = await send('PATCH', '/v1/sources/official', { group: 'person:official', reason: 'Private now.' });
    expect(others.statusCode, others.body).toBe(200);
    await dialog.getByRole('button', { name: 'Save' }).click();
    const conflict = dialog.getByRole('alert');
    await conflict.getByText('Others have changed this meanwhile').waitFor();
    await conflict.getByText('Revised: the group to person:official').waitFor();
    expect(await says('official')).toMatchObject({ kind: 'official' });
    await dialog.getByRole('button', { name: 'Save, knowing this' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Revised: the kind to person').waitFor();
    expect(await says('official')).toMatchObject({ kind: 'person', group: 'person:official' });
  });

  it('are rated', async () => {
    const dialog = await open('Rate');
    await dialog.getByLabel('Rating').selectOption({ label: 'B: usually reliable' });
    await dialog.getByLabel('Why').fill('Two of two held.');
    await dialog.getByRole('button', { name: 'Rate' }).click();
    await page.getByText('Rated B: usually reliable').waitFor();
    expect(await says('official')).toMatchObject({ rating: 'B' });
  });

  it('are sealed with a warning, and are called by their label alone from then on', async () => {
    const dialog = await open('Seal the identity');
    await dialog.getByText('A source cannot be unsealed').waitFor();
    await dialog.getByText('The name “An official” stays in the record.').waitFor();
    await dialog.getByLabel('Label').fill('Somebody in Seoul');
    await dialog.getByLabel('Why').fill('Spoke on condition of anonymity.');
    await dialog.getByRole('button', { name: 'Seal it for good' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByLabel('Identity').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Identity').fill(WHO);
    await dialog.getByRole('button', { name: 'Seal it for good' }).click();
    await page.getByRole('heading', { name: 'Somebody in Seoul' }).waitFor();
    await page.getByText('Registered as a name that is sealed', { exact: false }).waitFor();
    await expect.poll(() => page.content()).not.toContain('An official');
    await expect.poll(() => page.content()).not.toContain('Min-jun');
    expect(await says('official')).toMatchObject({ name: 'Somebody in Seoul', sealed: true, identityErased: false });
    // Its name is no longer offered to be changed.
    const revising = await open('Revise');
    await revising.getByLabel('Group').waitFor();
    expect(await revising.getByLabel('Name', { exact: true }).count()).toBe(0);
    await page.keyboard.press('Escape');
  });

  it('show their identity to who says that the reading is to be noted, and lose it for good', async () => {
    const reading = await open('Show the identity');
    expect(await reading.textContent()).not.toContain('Min-jun');
    await reading.getByRole('button', { name: 'Show it, and note that I read it' }).click();
    await reading.getByText(WHO).waitFor();
    await page.keyboard.press('Escape');
    await reading.waitFor({ state: 'hidden' });
    await expect.poll(() => page.content()).not.toContain('Min-jun');
    const dialog = await open('Erase the identity');
    await dialog.getByText('This cannot be undone', { exact: false }).waitFor();
    await dialog.getByLabel('Why').fill('The source asked for it.');
    await dialog.getByRole('button', { name: 'Erase it for good' }).click();
    await page.locator('.source header').getByText('identity erased', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show the identity' }).waitFor({ state: 'hidden' });
    expect(await says('official')).toMatchObject({ identityErased: true });
    const gone = await console_.api.inject({ url: '/v1/sources/official/identity', as: 'admin' });
    expect(gone.json()).toMatchObject({ code: 'identity_not_found' });
    const { rows } = await console_.api.parts.pool.query(
      `SELECT action FROM operations.access_log WHERE action LIKE 'source_identity.%' ORDER BY at, id`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'source_identity.sealed',
      'source_identity.read',
      'source_identity.erased',
    ]);
  });

  it.each<[Role, readonly string[], readonly string[]]>([
    ['reader', [], []],
    ['reporter', ['Revise'], ['Revise']],
    ['editor', ['Revise', 'Rate', 'Seal the identity'], ['Revise', 'Rate']],
    ['admin', ['Revise', 'Rate', 'Seal the identity'], ['Revise', 'Rate', 'Show the identity', 'Erase the identity']],
  ])('offer a %s what the role allows: %j, of a sealed one %j', async (role, open_, sealed) => {
    const insider = { key: 'insider', name: 'An insider', kind: 'unnamed', group: 'unnamed:insider' };
    await send('POST', '/v1/sources', insider);
    await send('POST', '/v1/sources/insider/seal', { label: insider.name, identity: WHO, reason: 'As agreed.' });
    const visitor = role === 'admin' ? admin : await console_.visitor(role);
    for (const [key, name, offered] of [
      ['tass', 'TASS', open_],
      ['insider', 'An insider', sealed],
    ] as const) {
      await visitor.page.goto(`/sources/${key}`);
      await visitor.page.getByRole('heading', { name, exact: true }).waitFor();
      await visitor.page.getByText('Registered as', { exact: false }).waitFor();
      const shown = await Promise.all(
        ACTIONS.map((action) => visitor.page.getByRole('button', { name: action, exact: true }).isVisible()),
      );
      expect(ACTIONS.filter((_, index) => shown[index])).toEqual(offered);
    }
    expect(visitor.complaints).toEqual([]);
  });

  async function count(word: string): Promise<string | null> {
    return page
      .locator('.counts > div', { has: page.getByText(word, { exact: true }) })
      .locator('dd')
      .textContent();
  }

  async function open(button: string): Promise<Locator> {
    await page.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    return dialog;
  }

  async function says(source: string): Promise<Record<string, unknown>> {
    return (await console_.api.inject({ url: `/v1/sources/${source}`, as: 'reader' })).json();
  }

  function send(method: 'POST' | 'PATCH', url: string, payload: object) {
    return console_.api.inject({ method, url, as: 'admin', payload, headers: { 'if-match': '*' } });
  }
});
