import type { Locator, Page } from 'playwright-core';

/** A claim on the page of its thread, by its statement. */
export function claimOf(page: Page, statement: string): Locator {
  return page.locator('li.claim', { has: page.getByText(statement, { exact: true }) });
}

/** What somebody said of a claim: the line of the attribution, wherever it stands. */
export function wordIn(claim: Locator, speaker: string): Locator {
  return claim.locator('.attribution', { hasText: speaker }).first();
}

/** Claims about details are folded at first. */
export async function unfoldClaims(page: Page): Promise<void> {
  await page.locator('li.claim').first().waitFor();
  const folded = page.locator('li.claim > details:not([open]) > summary');
  while ((await folded.count()) > 0) await folded.first().click();
}
