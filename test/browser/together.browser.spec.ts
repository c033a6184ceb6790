import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';

const THREAD = '/threads/kim-putin-visit';

describe('several people at the console', () => {
  let console_: ConsoleUnderTest;
  let editor: Visitor;
  let admin: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    editor = await console_.visitor('editor');
    admin = await console_.visitor('admin');
  }, 300_000);
  afterAll(() => console_?.close());

  const claim = ({ page }: Visitor, statement: string) =>
    page.locator('li.claim', { has: page.getByText(statement, { exact: true }) });
  const DEPARTED = 'Kim Jong Un has left Pyongyang for Russia by special train';

  it('see each other’s changes as they happen, on the thread and on the board', async () => {
    await editor.page.goto('/');
    await editor.page.getByText('13 attributions').waitFor();
    await editor.page.getByRole('status').getByText('Live').waitFor();
    await admin.page.goto(THREAD);
    await claim(admin, DEPARTED).getByText('Reported', { exact: true }).waitFor();
    await admin.page.getByRole('status').getByText('Live').waitFor();
    const recorded = await console_.api.inject({
      method: 'POST',
      url: '/v1/threads/kim-putin-visit/attributions',
      as: 'reporter',
      payload: { claim: 'departed', source: 'kcna', stance: 'confirm', statedAt: '2023-09-12T01:00:00Z' },
    });
    expect(recorded.statusCode).toBe(201);
    await claim(admin, DEPARTED).locator('summary').getByText('Confirmed', { exact: true }).waitFor();
    await editor.page.getByText('14 attributions').waitFor();
  });

  it('are shown what others changed before what they decided is sent', async () => {
    await editor.page.goto(THREAD);
    await claim(editor, DEPARTED).locator('summary').click();
    await claim(editor, DEPARTED).getByRole('button', { name: 'Rule', exact: true }).click();
    const dialog = editor.page.getByRole('dialog', { name: 'Rule on the claim' });
    await dialog.getByLabel('Status').selectOption({ label: 'Disputed' });
    await dialog.getByLabel('Why').fill('The train was seen, he was not.');
    const denied = await console_.api.inject({
      method: 'POST',
      url: '/v1/threads/kim-putin-visit/attributions',
      as: 'reporter',
      payload: { claim: 'departed', source: 'peskov', stance: 'deny', statedAt: '2023-09-12T02:00:00Z' },
    });
    expect(denied.statusCode).toBe(201);
    await dialog.getByRole('button', { name: 'Rule', exact: true }).click();
    const conflict = dialog.getByRole('alert');
    await conflict.getByText('Others have changed this meanwhile').waitFor();
    await conflict.getByText('Dmitry Peskov denies "departed"', { exact: false }).waitFor();
    // Nothing was recorded, and what was written is still there.
    expect(await dialog.getByLabel('Why').inputValue()).toBe('The train was seen, he was not.');
    await dialog.getByRole('button', { name: 'Rule, knowing this' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await claim(editor, DEPARTED).getByText('An editor’s ruling', { exact: false }).waitFor();
  });

  it('may do what their roles allow, and are shown no more', async () => {
    const reader = await console_.visitor('reader');
    await reader.page.goto(THREAD);
    await reader.page.getByText('What would change it').first().waitFor();
    for (const name of ['Record a word', 'Rule', 'Void', 'Close', 'Open a thread']) {
      expect(await reader.page.getByRole('button', { name, exact: true }).count(), name).toBe(0);
    }
    expect(await reader.page.getByRole('link', { name: 'Open a thread' }).count()).toBe(0);
    expect(await reader.page.getByRole('link', { name: 'Reports' }).count()).toBe(0);
    await reader.page.goto('/operations/keys');
    await reader.page.getByText('There is no such page').waitFor();
    // The server does not trust what the page shows.
    const status = await reader.page.evaluate<number>(
      `fetch('/v1/session').then((answer) => answer.json()).then(({ csrfToken }) =>
         fetch('/v1/threads/kim-putin-visit/close', {
           method: 'POST',
           headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
           body: '{"reason":"because"}',
         })).then(({ status }) => status)`,
    );
    expect(status).toBe(403);
  });

  it('get keys whose secret is shown once, and lose them', async () => {
    const { page } = admin;
    await page.goto('/operations/keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make an API key' });
    await dialog.getByLabel('Name').fill('Night desk');
    await dialog.getByLabel('Role').selectOption('reporter');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const secret = (await dialog.locator('.secret').textContent()) ?? '';
    expect(secret).toMatch(/^sl_/);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => page.content()).not.toContain(secret);
    const works = () => console_.api.inject({ url: '/v1/threads', headers: { authorization: `Bearer ${secret}` } });
    expect((await works()).statusCode).toBe(200);
    await page.getByRole('button', { name: 'Revoke Night desk' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).click();
    await page
      .getByRole('row', { name: /Night desk/ })
      .getByText('Revoked')
      .waitFor();
    await expect.poll(async () => (await works()).statusCode).toBe(401);
  });

  it('bring in a file and read what became of its rows', async () => {
    const { page } = editor;
    await page.goto('/operations/imports');
    const rows = ['thread,claim,stance,source,stated_at', 'kim-putin-visit,visit,perhaps,nyt,2023-09-12T03:00:00Z'];
    await page.getByLabel('File', { exact: true }).setInputFiles({
      name: 'desk-notes.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`${rows.join('\n')}\n`),
    });
    await page.getByRole('button', { name: 'Try the import' }).click();
    await page.getByRole('heading', { name: 'desk-notes.csv' }).waitFor();
    await page.getByText('dry run: nothing was stored').waitFor();
    await page.getByRole('cell', { name: 'refused' }).first().waitFor();
  });

  it('are signed out when they say so', async () => {
    const visitor = await console_.visitor('reader');
    await visitor.page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.page.getByLabel('API key').waitFor();
    await visitor.page.reload();
    await visitor.page.getByLabel('API key').waitFor();
  });
});
