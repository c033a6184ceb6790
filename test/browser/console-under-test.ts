import type { Browser } from 'playwright-core';
import type { Role } from '#operations';
import { PROJECTIONS, Projector } from '#read-models';
import { type ApiUnderTest, createApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { newVisitor, openBrowser, type Visitor, type VisitorOptions } from './browser.js';

export interface ConsoleUnderTest {
  readonly api: ApiUnderTest;
  readonly browser: Browser;
  readonly url: string;
  /** Signed in by the form, with a key of the role. */
  visitor(role: Role, options?: Omit<VisitorOptions, 'url'>): Promise<Visitor>;
  close(): Promise<void>;
}

/** The built console, served by the real API with a projector at work, on a database of its own. */
export async function openConsole(): Promise<ConsoleUnderTest> {
  const [api, browser] = await Promise.all([createApiUnderTest(), openBrowser()]);
  const url: string = await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 });
  const stop = new AbortController();
  const { store, pool } = api.parts;
  const projecting = new Projector({ store, pool, projections: PROJECTIONS }).run(stop.signal);
  return {
    api,
    browser,
    url,
    async visitor(role, options = {}) {
      const visitor = await newVisitor(browser, { url, ...options });
      await signIn(visitor, await api.secret(role));
      return visitor;
    },
    async close() {
      await browser.close();
      stop.abort();
      await projecting;
      await api.close();
    },
  };
}

export async function signIn({ page }: Visitor, key: string): Promise<void> {
  await page.goto('/');
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}
