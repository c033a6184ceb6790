import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SigningKey } from '#proof';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { axeFindings } from './axe.js';
import { LAN_HOST, newVisitor, type Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole, signIn } from './console-under-test.js';
import { picture } from './picture.js';

/** As in a local network, where browsers keep hashes, the clipboard and more from a page. */
describe('the console at an address without https', () => {
  let console_: ConsoleUnderTest;
  let admin: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    const { proof } = console_.api.parts;
    const key = SigningKey.generate('example.org/ledger');
    await proof.checkpoints.addFirstKey(key.verifier);
    proof.signer.use(key);
    await proof.projector().catchUp();
    const url = `http://${LAN_HOST}:${new URL(console_.url).port}`;
    admin = await newVisitor(console_.browser, { url });
    await signIn(admin, await console_.api.secret('admin'));
    expect(await admin.page.evaluate('[isSecureContext, typeof crypto.randomUUID, typeof crypto.subtle]')).toEqual([
      false,
      'undefined',
      'undefined',
    ]);
  }, 300_000);
  afterAll(() => console_?.close());

  it('records what is entered', async () => {
    const { page } = admin;
    await page.goto('/new');
    await page.getByLabel('Headline').fill('Written over plain http');
    await page.getByLabel('Desk').fill('asia');
    await page.getByLabel('Claim 1').fill('It can be written.');
    await page.getByRole('button', { name: 'Open the thread' }).click();
    await page.waitForURL('**/threads/written-over-plain-http');
    await page.getByRole('heading', { name: 'Written over plain http' }).waitFor();
  });

  it('says plainly that no proof is checked there, and leaves the receipt to be taken along', async () => {
    const { page } = admin;
    await page.goto('/threads/kim-putin-visit?step=8');
    await page.getByRole('button', { name: 'Proof of this step' }).click();
    const dialog = page.getByRole('dialog', { name: 'Proof of what was recorded' });
    await dialog.getByRole('status').getByText('Not checked: this page did not come over https.').waitFor();
    expect(await dialog.getByText(/Proven|Not proven|stands in the log|does not hold/).count()).toBe(0);
    await dialog.getByRole('link', { name: 'Receipt, which proves itself offline' }).waitFor();
    await picture(page, 'Proof over plain http');
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('marks the secret of a new key, where it cannot copy it', async () => {
    const { page } = admin;
    await page.goto('/operations/keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make an API key' });
    await dialog.getByLabel('Name').fill('Night desk');
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    await dialog.getByRole('button', { name: 'Copy it' }).click();
    await dialog.getByText('Press Ctrl+C').waitFor();
    expect(await page.evaluate('getSelection().toString()')).toMatch(/^sl_[\w-]+$/);
    await picture(page, 'Key over plain http');
  });

  it('never broke a rule of the page', () => {
    // The one header that browsers heed with https only, and say so.
    const others = admin.complaints.filter((text) => !text.startsWith('The Cross-Origin-Opener-Policy header'));
    expect(others).toEqual([]);
  });
});
