import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { watchLedger } from '#telemetry';
import { type ApiUnderTest, createApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { Exposition } from '../exposition.js';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const read = (path: string) => readFileSync(path, 'utf8');
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

describe('what is shown by Grafana and watched by Prometheus', () => {
  const alerts = (parse(read('docker/monitoring/alerts.yml')) as Rules).groups.flatMap(({ rules }) => rules);
  const { panels } = JSON.parse(read('docker/monitoring/storyledger.dashboard.json')) as Dashboard;
  let api: ApiUnderTest;
  let exported: ReadonlySet<string>;
  beforeAll(async () => {
    api = await createApiUnderTest();
    const { metrics } = api.parts;
    metrics.watchProcess({ version: '1' });
    watchLedger(metrics, api.parts);
    exported = new Exposition(await metrics.text()).families();
  });
  afterAll(() => api.close());

  const namesIn = (expr: string) =>
    [...expr.matchAll(/\b(?:storyledger|nodejs|process)_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    );

  it('is made of metrics that there are', () => {
    const exprs = [
      ...alerts.map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const named = exprs.flatMap(namesIn);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !exported.has(name))).toEqual([]);
    expect(exprs.filter((expr) => namesIn(expr).length === 0)).toEqual(['up{job="storyledger"} == 0']);
  });

  it('leaves out none of our metrics on the dashboard and in the alerts together, but estimates', () => {
    const shown = new Set(
      [...alerts.map(({ expr }) => expr), ...panels.map(({ targets }) => targets[0]?.expr ?? '')].flatMap(namesIn),
    );
    const own = [...exported].filter((name) => name.startsWith('storyledger_'));
    expect(own.filter((name) => !shown.has(name))).toEqual(['storyledger_rebuild_seconds_left']);
  });

  it('finds the data source that is provisioned', () => {
    const { datasources } = parse(read('docker/monitoring/provisioning/datasource.yml')) as {
      readonly datasources: readonly { readonly uid: string }[];
    };
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(new Set(datasources.map(({ uid }) => uid)));
  });

  it('says of each alert in docs/operations.md what it means and what to do', () => {
    const documented = [...read('docs/operations.md').matchAll(/^\| `(Storyledger\w+)`/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });

  it.runIf(hasPromtool)('is accepted by promtool', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', 'docker/monitoring/alerts.yml']);
    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
  });
});
