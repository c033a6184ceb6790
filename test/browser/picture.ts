import { join } from 'node:path';
import type { Page } from 'playwright-core';

const SETTLING_MS = 700;

/** What the page looks like, for somebody to look at, in the folder PICTURES when it is set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PICTURES'];
  if (folder === undefined) return;
  await page.waitForTimeout(SETTLING_MS);
  await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}.png`) });
}
