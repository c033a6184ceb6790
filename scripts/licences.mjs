// What ships, by licence, from its bill of materials: writes docs/licences.md, or with --check says what differs.
// A licence that is not allowed here ends it with code 1: whoever adds such a package decides about it first.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';
import { billOfMaterials } from './sbom.mjs';

const FILE = join(root, 'docs', 'licences.md');
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Python-2.0',
];

const byLicence = new Map();
for (const { group, name, licenses = [] } of billOfMaterials().components) {
  const licence = licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(' AND ');
  const packages = byLicence.get(licence || 'none named') ?? new Set();
  packages.add(group ? `${group}/${name}` : name);
  byLicence.set(licence || 'none named', packages);
}
/** Of `A OR B` one will do; of `A AND B` each must. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /)
    .some((choice) => choice.split(/ AND /).every((one) => ALLOWED.includes(one)));
const refused = [...byLicence].filter(([licence]) => !isAllowed(licence));
for (const [licence, packages] of refused) console.error(`${licence} is not allowed: ${[...packages].join(', ')}`);

const text = [
  '# Licences of what ships',
  '',
  'Packages that run beside Storyledger, from package-lock.json by `npm run licences`; optional ones included.',
  ...[...byLicence]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([licence, packages]) => ['', `## ${licence}`, '', [...packages].toSorted().join(', ')]),
  '',
].join('\n');
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('docs/licences.md is not of this package-lock.json. Run: npm run licences');
  process.exit(1);
}
process.exit(refused.length > 0 ? 1 : 0);
