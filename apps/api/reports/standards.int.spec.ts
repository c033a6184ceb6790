import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellAndAmend } from '../../../test/busy-newsroom.js';
import { commandContext } from '../../../test/tell-story.js';
import { type ApiUnderTest, createApiUnderTest } from '../testing/api-under-test.js';

const HOSTILE = '<script>alert("x")</script>&\'<img src=x onerror=alert(1)>';

describe('the standards report', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const { store, waiter, sources, threads } = api.parts;
    api.project();
    await tellAndAmend(api.parts as never, '');
    const source = { key: 'hostile', name: HOSTILE, kind: 'outlet', group: 'outlet:x', trustedConduit: false } as const;
    await sources.register(source, commandContext());
    const claim = { key: 'odd', statement: HOSTILE, core: true, standing: [] };
    await threads.openClaim('kim-putin-visit', claim, commandContext());
    const words = { claim: 'odd', key: 'odd', stance: 'deny', speaker: 'hostile', via: [], onRecord: true } as const;
    const rest = { vouchedBy: null, tentative: false, standing: null, quote: null, url: null, note: null };
    const statedAt = '2023-09-12T00:00:00.000Z';
    await threads.record('kim-putin-visit', { ...words, ...rest, statedAt }, commandContext());
    await waiter.waitFor(await store.head(), 20_000);
  });
  afterAll(() => api.close());

  const get = (query = '') => api.inject({ url: `/v1/reports/standards${query}`, as: 'editor' });

  it('is one page with every part, and its figures are those of the reports', async () => {
    const answer = await get();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    const titles = [...answer.body.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Status at the end',
      'Status over time',
      'Time to the second source',
      'Time to confirm or deny',
      'Reversals',
      'Denials',
      'Taken back',
      'Echoes',
      'Comment declined',
      'Open questions by age',
      'The oldest open questions',
    ]);
    const { rows } = (await api.inject({ url: '/v1/reports/take-backs?interval=week', as: 'editor' })).json();
    const [{ cases, retracted, corrected, voided }] = rows;
    expect(answer.body).toContain(
      `<td>All</td><td>${cases} †</td><td>${retracted}</td><td>${corrected}</td><td>${voided}</td>`,
    );
    expect(answer.body).toContain('<td>Dmitry Peskov</td>');
  });

  it('shows what people wrote as text, whatever they wrote', async () => {
    const { body } = await get();
    expect(body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;&lt;img');
    expect(body).not.toMatch(/<script|<img|<[a-z][^>]*\s(?:on\w+|style)\s*=/i);
  });

  it('needs nothing but itself, under a policy that allows nothing else', async () => {
    const { body, headers } = await get();
    expect(body).not.toMatch(/<[a-z][^>]*\s(?:src|href|srcset|data|action)\s*=|url\(|@import|<link/i);
    const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|script-src/);
  });

  it('is well-formed: what opens closes, and each row has a cell for each column', async () => {
    const { body } = await get('?from=2020-01-01');
    for (const name of ['table', 'thead', 'tbody', 'tr', 'td', 'th', 'section', 'div', 'main', 'p', 'h2']) {
      const opened = body.match(new RegExp(`<${name}[ >]`, 'g'))?.length;
      expect(body.match(new RegExp(`</${name}>`, 'g'))?.length, name).toBe(opened);
    }
    for (const [table] of body.matchAll(/<table>.*?<\/table>/gs)) {
      const [head = '', ...rows] = [...table.matchAll(/<tr[ >].*?<\/tr>/gs)].map(([row]) => row);
      const columns = head.match(/<t[hd][ >]/g)?.length;
      for (const row of rows) {
        expect(row.match(/<td[ >]/g)?.length, row).toBe(columns);
      }
    }
  });

  it('says so where there is nothing, and refuses a wrong period', async () => {
    const empty = await get('?from=2001-01-01&to=2001-01-31&desk=nowhere&topic=nothing');
    expect(empty.body).toContain('desk nowhere &middot; topic nothing');
    expect(empty.body).toContain('None in this period.');
    expect((await get('?from=2023-09-12&to=2023-09-11')).statusCode).toBe(400);
    expect((await get('?interval=day')).statusCode).toBe(400);
    expect((await api.inject({ url: '/v1/reports/standards', as: 'reporter' })).statusCode).toBe(403);
  });
});
