import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { picture } from './picture.js';

/** Every screen, with what is on it once it is all there. */
const SCREENS = [
  ['/', 'Kim Jong Un expected in Russia for talks with Putin'],
  ['/threads/kim-putin-visit', 'What would change it'],
  ['/threads/kim-putin-visit?step=8', 'Step 9 of 14'],
  ['/new', 'Another claim'],
  ['/sources', 'South Korean Ministry of National Defense'],
  ['/sources/kremlin', 'Registered as'],
  ['/reports', 'Time to a second source'],
  ['/operations', 'Read models'],
  ['/operations/proof', 'Public keys'],
  ['/operations/imports', 'Try the import'],
  ['/operations/keys', 'Make a key'],
  ['/no/such/page', 'There is no such page'],
  ['/threads/no-such-thread', 'Nothing was ever recorded at'],
] as const;

describe('the console, with the seed story', () => {
  let console_: ConsoleUnderTest;
  const visitors = new Map<string, Visitor>();
  beforeAll(async () => {
    console_ = await openConsole();
    await loadDemo(console_.api.parts);
    visitors.set('light', await console_.visitor('admin'));
    visitors.set('dark', await console_.visitor('admin', { colorScheme: 'dark' }));
    visitors.set('narrow', await console_.visitor('admin', { width: 360 }));
  }, 300_000);
  afterAll(async () => {
    if (process.env['SCREENSHOTS'] !== undefined) await takePictures(process.env['SCREENSHOTS']);
    await console_?.close();
  });

  const visit = async (as: string, path: string, text: string) => {
    const visitor = visitors.get(as);
    if (visitor === undefined) throw new Error(`nobody visits ${as}`);
    await visitor.page.goto(path);
    await visitor.page.getByText(text).first().waitFor();
    return visitor.page;
  };

  /** For the README. */
  async function takePictures(folder: string): Promise<void> {
    const thread = await visit('light', '/threads/kim-putin-visit?step=9', 'Step 10 of 14');
    await thread.getByText('A party or authority says yes').first().waitFor();
    await thread.screenshot({ path: join(folder, 'thread.png') });
  }

  describe.each(SCREENS)('at %s', (path, text) => {
    it.each(['light', 'dark'])('gives axe nothing to find (%s)', async (theme) => {
      const page = await visit(theme, path, text);
      await picture(page, `${path} ${theme}`);
      expect(await axeFindings(page)).toEqual([]);
    });

    it('does not scroll sideways at 360 pixels', async () => {
      const page = await visit('narrow', path, text);
      await picture(page, `${path} narrow`);
      expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    });
  });

  it.each(['light', 'dark'])('gives axe nothing to find where the server fails (%s)', async (theme) => {
    const visitor = visitors.get(theme);
    const detail = 'The server met an error that it did not expect.';
    const problem = {
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      detail,
      instance: '/',
      traceId: 'abc',
    };
    await visitor?.page.route('**/v1/threads?**', (route) =>
      route.fulfill({ status: 500, json: { ...problem, code: 'internal_error' } }),
    );
    const page = await visit(theme, '/', detail);
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.unroute('**/v1/threads?**');
  });

  it('has complained of nothing', () => {
    expect([...visitors.values()].flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

describe('the sign-in', () => {
  it('gives axe nothing to find, and says what is wrong with a key', async () => {
    const console_ = await openConsole();
    try {
      const context = await console_.browser.newContext({ baseURL: console_.url });
      const page = await context.newPage();
      await page.goto('/');
      await page.getByLabel('API key').fill('nonsense');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('The API key is not known here').waitFor();
      expect(await axeFindings(page)).toEqual([]);
    } finally {
      await console_.close();
    }
  });
});

describe('what a first visit fetches', () => {
  it('is less than 250 KB, packed', async () => {
    const folder = join('dist', 'console');
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    const files = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]*)"/g)].map(([, file]) => join(folder, file ?? ''));
    const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(file)).length));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250 * 1024);
    // Screens are fetched when they are first visited.
    expect((await readdir(join(folder, 'assets'))).filter((file) => file.endsWith('.js')).length).toBeGreaterThan(1);
  });
});
