import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellAndAmend } from '../busy-newsroom.js';
import { openNewsroom } from '../newsroom.js';
import { copyDated } from '../reports/dated-log.js';
import { axeFindings, sidewaysScroll } from './axe.js';
import type { Visitor } from './browser.js';
import { type ConsoleUnderTest, openConsole } from './console-under-test.js';
import { pictures } from './picture.js';

const HOUR = 3_600_000;
const QUERY = 'from=2026-01-01&to=2026-02-28&interval=week';

interface Row {
  readonly by: string;
  readonly key: string | null;
  readonly cases: number;
  readonly claims?: Readonly<Record<string, number>>;
}

/** Three stories with all that can happen to them, as if they had taken weeks. */
describe('the reports', () => {
  let console_: ConsoleUnderTest;
  let admin: Visitor;
  beforeAll(async () => {
    console_ = await openConsole();
    const scratch = await openNewsroom();
    try {
      for (let n = 0; n < 3; n++) await tellAndAmend(scratch, `-${n}`);
      await copyDated(scratch, console_.api, (n) => new Date(Date.UTC(2026, 0, 5) + n * 7 * HOUR).toISOString());
    } finally {
      await scratch.close();
    }
    const { store, waiter } = console_.api.parts;
    expect(await waiter.waitFor(await store.head(), 60_000)).toBe(true);
    admin = await console_.visitor('admin');
    await admin.page.goto(`/reports?${QUERY}`);
    await chart('Statuses').waitFor();
    await admin.page.locator('.chart svg').nth(3).waitFor();
    await pictures(admin.page, 'Reports with charts');
  }, 300_000);
  afterAll(() => console_?.close());

  const section = (name: string, visitor = admin) => visitor.page.getByRole('region', { name, exact: true });
  const chart = (name: string) => section(name).getByRole('figure');
  const rowsOf = async (report: string, query = QUERY): Promise<readonly Row[]> => {
    const answer = await console_.api.inject({ url: `/v1/reports/${report}?${query}`, as: 'admin' });
    return answer.json().rows;
  };

  it.each([
    ['Statuses', 'status'],
    ['Time to a second source', 'second-source'],
    ['Time to confirm or deny', 'settling'],
    ['Throughput', 'throughput'],
  ])(
    'draw %s over time, with the number of cases below each date, beside a table with the same',
    async (name, report) => {
      const intervals = (await rowsOf(report)).filter(({ by }) => by === 'interval');
      expect(intervals.length).toBeGreaterThan(2);
      await chart(name).locator('svg').first().waitFor();
      await chart(name).getByText('The table says the same in numbers.').waitFor();
      const cases = new Set(['n = 0', ...intervals.map((row) => `n = ${row.cases}`)]);
      const ticks = await chart(name).locator('.recharts-xAxis-tick-labels tspan:nth-child(2)').allTextContents();
      expect(ticks.length).toBeGreaterThan(2);
      for (const tick of ticks) expect([...cases]).toContain(tick);
      const table = section(name).getByRole('table');
      for (const row of intervals) {
        const line = table.getByRole('row').filter({ has: admin.page.getByRole('rowheader', { name: row.key ?? '' }) });
        expect(await line.locator('td').first().textContent()).toMatch(new RegExp(`^${row.cases}(few)?$`));
      }
    },
  );

  it('draw each status as high as its share of the claims', async () => {
    const intervals = (await rowsOf('status')).filter(({ by }) => by === 'interval');
    const last = intervals.at(-1);
    const counts = Object.entries(last?.claims ?? {}).filter(([, count]) => count > 0);
    expect(counts.length).toBeGreaterThan(2);
    const heights = new Map<string, number>();
    for (const [status] of counts) {
      const bars = chart('Statuses').locator(`.recharts-bar.tone-${status} .recharts-bar-rectangle path`);
      heights.set(status, (await bars.last().boundingBox())?.height ?? 0);
    }
    const [[status = '', count = 0] = []] = counts;
    const unit = (heights.get(status) ?? 0) / count;
    for (const [other, n] of counts) expect(heights.get(other) ?? 0).toBeCloseTo(unit * n, -1);
  });

  it('say of every figure on how many cases it rests', async () => {
    for (const table of await admin.page.locator('.report table:has(th.number)').all()) {
      const cells = await table.locator('tbody tr:not(:has(.group)) td:nth-child(2)').allTextContents();
      expect(cells.length).toBeGreaterThan(0);
      for (const cell of cells) expect(cell).toMatch(/^\d+(few)?$/);
    }
  });

  it('tell in words what is under the pointer', async () => {
    const bars = chart('Throughput').locator('.recharts-bar-rectangle').first();
    await bars.hover();
    await chart('Throughput')
      .locator('.tip')
      .getByText(/\d+ cases/)
      .waitFor();
  });

  it('are narrowed, and keep what they are narrowed to in the address', async () => {
    const { page } = admin;
    await page.getByLabel('Intervals').selectOption('month');
    await chart('Statuses').getByText('at the end of each month').waitFor();
    expect(new URL(page.url()).searchParams.get('interval')).toBe('month');
    await page.getByLabel('Desk').fill('nowhere');
    await expect.poll(() => new URL(page.url()).searchParams.get('desk')).toBe('nowhere');
    await section('Throughput').getByRole('figure').waitFor({ state: 'detached' });
    await page.goto(`/reports?${QUERY}`);
    await chart('Statuses').waitFor();
  });

  it.each([
    ['Imports', 'imports', 'desk=world', 'Imports that brought nothing into a thread'],
    ['Access and administration', 'access', 'topic=diplomacy', 'Lines that name no thread'],
  ])(
    'ask for %s of a desk or topic alone, say what that leaves out, and take the same along',
    async (name, report, place, says) => {
      const { page } = admin;
      await page.goto(`/reports?${QUERY}`);
      await section(name).getByRole('table').or(section(name).getByText('Nothing of the kind')).waitFor();
      expect(await section(name).getByText('Left out:').count()).toBe(0);
      const asked = page.waitForRequest((request) => request.url().includes(`/v1/reports/${report}?`));
      await page.goto(`/reports?${QUERY}&${place}`);
      expect(new URL((await asked).url()).search).toContain(place);
      await section(name).getByText(says).waitFor();
      await pictures(page, `Reports narrowed ${report}`);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `${name} as CSV` }).click(),
      ]);
      const period = 'from=2026-01-01&to=2026-02-28';
      const url = `/v1/reports/${report}?${period}&${place}&format=csv`;
      const { body } = await console_.api.inject({ url, as: 'admin' });
      expect(await readFile(await file.path(), 'utf8')).toBe(body);
      await page.goto(`/reports?${QUERY}`);
      await chart('Statuses').waitFor();
    },
  );

  it('are taken along as CSV, with what they are narrowed to', async () => {
    const { page } = admin;
    for (const [name, report] of [
      ['Statuses', 'status'],
      ['Time to a second source', 'second-source'],
      ['Throughput', 'throughput'],
    ]) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: `${name} as CSV` }).click(),
      ]);
      const { body } = await console_.api.inject({ url: `/v1/reports/${report}?${QUERY}&format=csv`, as: 'admin' });
      expect(await readFile(await file.path(), 'utf8')).toBe(body);
    }
  });

  it('lead to the standards report, of the same period', async () => {
    const { page } = admin;
    await page.getByRole('link', { name: /Standards report/ }).click();
    await page.getByText('1 January 2026', { exact: false }).or(page.getByText('2026-01-01')).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.goBack();
    await chart('Statuses').waitFor();
  });

  it.each(['light', 'dark'] as const)('give axe nothing to find, charts and all (%s)', async (colorScheme) => {
    await admin.page.emulateMedia({ colorScheme });
    await chart('Time to confirm or deny').locator('svg').first().waitFor();
    expect(await axeFindings(admin.page)).toEqual([]);
  });

  it('fit a telephone, and paper', async () => {
    const { page } = await console_.visitor('editor', { width: 360 });
    await page.goto(`/reports?${QUERY}`);
    await page.locator('.chart svg').nth(2).waitFor();
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    // What is about people is for administrators.
    expect(await page.getByRole('region', { name: 'Throughput', exact: true }).count()).toBe(0);
    await admin.page.emulateMedia({ media: 'print' });
    await admin.page.setViewportSize({ width: 700, height: 900 });
    for (const svg of await admin.page.locator('.chart svg.recharts-surface').all()) {
      const box = await svg.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(700);
    }
    await admin.page.emulateMedia({ media: 'screen' });
  });

  it('never broke a rule of the page', () => {
    expect(admin.complaints).toEqual([]);
  });
});
