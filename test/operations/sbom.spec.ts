import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { z } from 'zod';
import lock from '../../package-lock.json' with { type: 'json' };

const Sbom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ group: z.string().optional(), name: z.string(), version: z.string() })),
});

it('the bill of materials lists every package that ships, those that tools need as well among them, and no other', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/sbom.mjs'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const { components } = Sbom.parse(JSON.parse(stdout));
  const listed = components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
  expect(listed).toContain(`ajv@${lock.packages['node_modules/ajv'].version}`);
  expect(new Set(listed)).toEqual(new Set(shipped()));
});

function shipped(): string[] {
  const packages: Record<string, { readonly version?: string; readonly dev?: boolean }> = lock.packages;
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    );
}
