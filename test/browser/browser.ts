import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromium as programOf } from '../../scripts/chromium.mjs';

/** Named so, this machine is to the browser another one: what it keeps for https and localhost it keeps from it. */
export const LAN_HOST = 'newsroom.test';
const FLAGS = [
  `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`,
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The system's Chromium, with a profile of its own that goes with it. */
export function openBrowser(): Promise<Browser> {
  // Its sandbox needs a user that is not root.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: programOf(), headless: true, chromiumSandbox: !isRoot, args: FLAGS });
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page said of itself that it should not have: errors, and what its security policy stopped. */
  readonly complaints: readonly string[];
}

export interface VisitorOptions {
  readonly url: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/** Somebody with a browser of their own. */
export async function newVisitor(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const { url, colorScheme = 'light', width = 1280 } = options;
  const context = await browser.newContext({
    baseURL: url,
    colorScheme,
    viewport: { width, height: width < 500 ? 780 : 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser itself notes every answer that is no success, expected ones too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  return { page, context, complaints };
}
