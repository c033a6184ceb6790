import { join } from 'node:path';
import type { Page } from 'playwright-core';

const SETTLING_MS = 700;

const THEMES = ['light', 'dark'] as const;
const NARROW = 360;

/** The whole page in both themes, and as it is on a telephone; left as it was found, in the light theme. */
export async function pictures(page: Page, name: string): Promise<void> {
  if (process.env['PICTURES'] === undefined) return;
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `${name} ${colorScheme}`, true);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  const size = page.viewportSize();
  await page.setViewportSize({ width: NARROW, height: 780 });
  await picture(page, `${name} narrow`, true);
  if (size !== null) await page.setViewportSize(size);
}

/** What the page looks like, for somebody to look at, in the folder PICTURES when it is set. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['PICTURES'];
  if (folder === undefined) return;
  await page.waitForTimeout(SETTLING_MS);
  await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}.png`), fullPage });
}
