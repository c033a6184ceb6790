import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { pictures } from './picture.js';

const BY_TEST = { id: 'system:test', name: 'Test' };

describe('a session at the console', () => {
  let console_: ConsoleUnderTest;
  beforeAll(async () => {
    console_ = await openConsole();
  }, 300_000);
  afterAll(() => console_?.close());

  const make = (expiresAt: Date | null = null) =>
    console_.api.parts.keys.create({ name: 'Night desk', role: 'reporter', createdBy: 'system:test', expiresAt });
  const asStranger = async () => {
    const context = await console_.browser.newContext({ baseURL: console_.url });
    const page = await context.newPage();
    await page.goto('/');
    return page;
  };

  it('is refused with what is wrong with the key, and the key can be put right', async () => {
    const page = await asStranger();
    const revoked = await make();
    await console_.api.parts.keys.revoke(revoked.key.keyId, BY_TEST);
    const expired = await make(new Date(Date.now() - 1_000));
    const good = await make();
    const field = page.getByLabel('API key');
    for (const [key, says] of [
      [`sl_${'0'.repeat(32)}_${'A'.repeat(43)}`, 'is not known here'],
      ['sl_ä', 'is not known here'],
      [revoked.secret ?? '', 'was revoked'],
      [expired.secret ?? '', 'has expired'],
    ] as const) {
      await field.fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText(says).waitFor();
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await field.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    }
    await field.fill(` ${good.secret} `);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Sections' }).waitFor();
  });

  it('ends in every tab when somebody signs out in one, and each says so', async () => {
    const { page, context } = await console_.visitor('reader');
    const other = await context.newPage();
    await other.goto('/');
    await other.getByRole('status').getByText('Live').waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    // Who says so himself needs no telling.
    expect(await page.getByRole('alert').count()).toBe(0);
    await other.bringToFront();
    await other.getByRole('alert').getByText('you signed out in another tab').waitFor();
    await pictures(other, 'Session ended');
  });

  it.each([
    ['is ended in another process', 'The session has ended. Sign in again.', `DELETE FROM operations.sessions`],
    [
      'loses its key',
      'The API key of the session was revoked.',
      `UPDATE operations.api_keys SET revoked_at = now() WHERE name = 'test editor'`,
    ],
  ])('that %s stops hearing and shows the way in, though nobody touches the page', async (_, says, statement) => {
    const { page } = await console_.visitor('editor');
    await page.goto('/reports');
    await page.getByRole('status').getByText('Live').waitFor();
    await console_.api.database.ownerPool.query(statement);
    await page.getByRole('alert').getByText(says).waitFor();
    await page.getByLabel('API key').waitFor();
    expect(new URL(page.url()).pathname).toBe('/reports');
  });

  it('whose cookie is gone says that it has ended, and nothing on a first visit', async () => {
    const stranger = await asStranger();
    await stranger.getByLabel('API key').waitFor();
    expect(await stranger.getByRole('alert').count()).toBe(0);
    const { page, context } = await console_.visitor('reader');
    await context.clearCookies();
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByRole('link', { name: 'Proof' }).click();
    await page.getByRole('alert').getByText('Your session has ended').waitFor();
  });

  it('that cannot be ended stays, and says so', async () => {
    const { page } = await console_.visitor('reader');
    await page.route('**/v1/session', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('alert').getByText('You are still signed in.').waitFor();
  });
});
