import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellAndAmend } from '../../../test/busy-newsroom.js';
import { commandContext } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';
import { reportCsv } from './report-csv.js';

const REPORTS = [
  'status',
  'second-source',
  'settling',
  'reversals',
  'denials',
  'take-backs',
  'echoes',
  'open-questions',
  'refusals',
  'throughput',
] as const;

describe('the reports', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const { store, waiter } = api.parts;
    api.project();
    await tellAndAmend(api.parts as never, '');
    const hostile = { key: 'hostile', name: '=HYPERLINK("http://evil.example","x")', kind: 'outlet' as const };
    await api.parts.sources.register({ ...hostile, group: 'outlet:evil', trustedConduit: false }, commandContext());
    await api.parts.threads.record(
      'kim-putin-visit',
      {
        ...{ claim: 'arms', key: 'evil', stance: 'deny', speaker: 'hostile', via: [], onRecord: true, vouchedBy: null },
        ...{
          tentative: false,
          standing: null,
          statedAt: '2023-09-12T00:00:00.000Z',
          quote: null,
          url: null,
          note: null,
        },
      },
      commandContext(),
    );
    await waiter.waitFor(await store.head(), 20_000);
  });
  afterAll(() => api.close());

  const get = (path: string, as: 'editor' | 'admin' = 'admin') => api.inject({ url: `/v1/reports/${path}`, as });

  it.each(REPORTS)('say what they cover, how sure they are, and all their figures: %s', async (report) => {
    const answer = await get(report);
    expect(answer.statusCode).toBe(200);
    const body = answer.json();
    const head = (await api.parts.store.head()).toString();
    expect(body).toMatchObject({ interval: 'week', desk: null, topic: null, position: head, smallBelow: 5 });
    expect(body.to).toBe(new Date().toISOString().slice(0, 10));
    const [all] = body.rows;
    expect(all).toMatchObject({ by: 'all', key: null, small: all.cases < 5 });
    expect(body.rows.map(({ by }: { by: string }) => by)).toContain(report === 'open-questions' ? 'age' : 'interval');
    expect(body.rows.find(({ by, key }: { by: string; key: string }) => by === 'desk' && key === 'asia')).toBeDefined();
  });

  it('say of the seed story what happened in it', async () => {
    expect((await get('status')).json().rows[0]).toMatchObject({ cases: 6, claims: { moot: 1, lapsed: 1 } });
    expect((await get('refusals')).json().rows[0]).toMatchObject({ cases: 1, claims: 1, small: true });
    const denials = (await get('denials')).json().rows.filter(({ by }: { by: string }) => by === 'source');
    expect(denials.map(({ label }: { label: string }) => label)).toContain('Dmitry Peskov');
    const { oldest } = (await get('open-questions')).json();
    expect(oldest[0]).toMatchObject({ slug: 'kim-putin-visit', desk: 'asia' });
  });

  it('come as CSV that no spreadsheet runs', async () => {
    const answer = await get('denials?format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="storyledger-denials-[\d-]+\.csv"$/);
    const rows = parse(answer.body, { columns: true }) as Record<string, string>[];
    expect(Object.keys(rows[0] ?? {})).toEqual(['by', 'key', 'label', 'cases', 'laterConfirmed', 'small', 'rate']);
    const hostile = rows.find(({ label }) => label?.includes('HYPERLINK'));
    expect(hostile?.['label']).toBe('\'=HYPERLINK("http://evil.example","x")');
    const spans = parse((await get('second-source?format=csv')).body, { columns: true }) as Record<string, string>[];
    expect(spans[0]).toMatchObject({ by: 'all', small: expect.stringMatching(/^(true|false)$/) });
    expect(Object.keys(spans[0] ?? {})).toContain('recorded_median');
  });

  it.each(['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', '\r=1'])('write %j as text', (label) => {
    const [row] = parse(reportCsv([{ label }]), { columns: true }) as { label: string }[];
    expect(row?.label).toBe(`'${label}`);
  });

  it('write negative numbers as numbers', () => {
    expect(reportCsv([{ a: -5, b: null, c: true, d: 'x,"y"\nz' }])).toBe('a,b,c,d\r\n-5,,true,"x,""y""\nz"\r\n');
  });

  it('of what people did are for administrators', async () => {
    expect((await get('throughput', 'editor')).statusCode).toBe(403);
    expect((await get('status', 'editor')).statusCode).toBe(200);
    expect((await api.inject({ url: '/v1/reports/status', as: 'reporter' })).statusCode).toBe(403);
  });

  it.each([
    ['from=2023-02-30', 'from', 'day'],
    ['from=yesterday', 'from', 'day'],
    ['to=2023-09-11T00:00:00Z', 'to', 'day'],
    ['from=2023-09-12&to=2023-09-11', 'from', 'range'],
    ['from=1990-01-01&to=2023-09-11', 'from', 'range'],
    ['interval=hour', 'interval', 'choice'],
    ['format=xlsx', 'format', 'choice'],
    ['desk=Asia', 'desk', 'pattern'],
    ["topic='--", 'topic', 'pattern'],
    ['desk=a&desk=b', 'desk', 'type'],
    ['limit=5', 'limit', 'unknown_field'],
  ])('refuse %s', async (query, parameter, code) => {
    const answer = await get(`status?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toMatchObject([{ parameter, code }]);
  });

  it('are all zeros where nothing happened', async () => {
    for (const report of REPORTS) {
      const { rows } = (await get(`${report}?from=2001-01-01&to=2001-01-02&desk=nowhere`)).json();
      expect(rows[0], report).toMatchObject({ by: 'all', cases: 0, small: true });
      expect(rows.filter(({ cases }: { cases: number }) => cases !== 0)).toEqual([]);
    }
  });
});
