// The bill of materials of what ships, as CycloneDX, from package-lock.json: node scripts/sbom.mjs > sbom.cdx.json
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * `npm sbom --omit=dev` leaves out each package that a development package needs, too (npm 10 and 11), so npm is shown the
 * project without those.
 */
export function billOfMaterials() {
  const folder = mkdtempSync(join(tmpdir(), 'storyledger-sbom-'));
  try {
    const { devDependencies: _, ...manifest } = readJson('package.json');
    const { packages, ...lock } = readJson('package-lock.json');
    const { devDependencies: __, ...project } = packages[''];
    const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
    write(folder, 'package.json', manifest);
    write(folder, 'package-lock.json', { ...lock, packages: { '': project, ...Object.fromEntries(shipped) } });
    copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
    const sbom = execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(sbom);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

function write(folder, name, content) {
  writeFileSync(join(folder, name), JSON.stringify(content));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(billOfMaterials(), null, 2));
