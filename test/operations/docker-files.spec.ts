import { existsSync, readFileSync } from 'node:fs';
import { DCLinter } from 'dclint';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '#platform';
import manifest from '../../package.json' with { type: 'json' };

/* There is no Docker engine where the suite runs: these check what can be known of the files without one. */

const read = (path: string) => readFileSync(path, 'utf8');
/** A version to the patch, then whatever the image calls its variants. */
const PINNED = /^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)*$/;
const COMPOSE_FILES = ['docker/compose.yml', 'docker/compose.kurrentdb.yml', 'docker/compose.monitoring.yml'] as const;

describe('the Dockerfile', () => {
  const file = DockerfileParser.parse(read('docker/Dockerfile'));
  const stages = file.getInstructions().map((instruction) => instruction.getKeyword());
  /** What the image is made by. */
  const last = file.getInstructions().slice(stages.lastIndexOf('FROM'));
  const copied = file
    .getCOPYs()
    .filter((copy) => copy.getFlags().length === 0)
    .flatMap((copy) => copy.getArguments().slice(0, -1))
    .map((argument) => argument.getValue());

  it('is what the builder accepts', () => {
    expect(validate(read('docker/Dockerfile'))).toEqual([]);
  });

  it('builds every stage on one image of Node 24, pinned', () => {
    const images = file.getFROMs().map((from) => resolved(from.getImage() ?? ''));
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(PINNED);
    expect(images[0]).toMatch(/^node:24\..*-slim$/);
  });

  it('leaves an image that does not run as root, says how it is, and starts without a shell', () => {
    expect(argumentsOf('USER')).toBe('node');
    expect(argumentsOf('HEALTHCHECK')).toContain('/health/ready');
    expect(argumentsOf('ENTRYPOINT')).toMatch(/^\[/);
  });

  it('copies what is there, and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(existsSync(path), path).toBe(true);
      expect(isWithin(path, allowed), path).toBe(true);
    }
  });

  it('copies every file that the npm scripts which it runs name', () => {
    const run = file.getInstructions().filter((instruction) => instruction.getKeyword() === 'RUN');
    const named = run.flatMap((instruction) => filesNamedBy(instruction.getArgumentsContent() ?? ''));
    expect(named).toContain('tsconfig.build.json');
    for (const path of named) expect(isWithin(path, copied), path).toBe(true);
  });

  function argumentsOf(keyword: string): string | null {
    return last.find((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent() ?? null;
  }

  function resolved(image: string): string {
    return image.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const argument = file.getARGs().find((arg) => arg.getProperty()?.getName() === name);
      return argument?.getProperty()?.getValue() ?? '';
    });
  }
});

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Through scripts that call others. */
function filesNamedBy(command: string): readonly string[] {
  const scripts: Readonly<Record<string, string>> = manifest.scripts;
  const called = [...command.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)].map(([, name]) => scripts[name ?? ''] ?? '');
  // What a command writes it does not need to be given.
  const files = command
    .replace(/> *\S+/g, '')
    .split(/\s+/)
    .filter((word) => /\.(?:json|mjs|ts)$/.test(word));
  return [...files, ...called.flatMap(filesNamedBy)];
}

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

/** As the linter gives it; its package holds no types that resolve. */
interface LintedFile {
  readonly messages: readonly { readonly message: string }[];
}

describe('the compose files', () => {
  const files = COMPOSE_FILES.map(
    (path) => parse(read(path), { merge: true }) as { readonly services: Readonly<Record<string, Service>> },
  );
  const services = files.flatMap(({ services: named }) => Object.entries(named));

  it.each(COMPOSE_FILES)('follow the Compose specification, and the linter has nothing against them: %s', (path) => {
    // Rules on the order of keys and on quotes are about taste.
    const taste = [
      'no-quotes-in-volumes',
      'require-quotes-in-ports',
      'service-keys-order',
      'services-alphabetical-order',
      'top-level-properties-order',
    ];
    const rules = Object.fromEntries(taste.map((rule) => [rule, 0 as const]));
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const results: readonly LintedFile[] = linter.lintFiles([path], false);
    expect(results.map(({ messages }) => messages.map(({ message }) => message))).toEqual([[]]);
  });

  it('pin every image that is not built here', () => {
    const images = services.map(([, { image }]) => image).filter((image) => image !== undefined);
    expect(images.length).toBeGreaterThan(5);
    for (const image of images) if (!image.startsWith('storyledger:')) expect(image).toMatch(PINNED);
  });

  it('open no ports but those of the API and of Grafana, and those on this machine only', () => {
    expect(services.flatMap(([, { ports }]) => ports ?? [])).toEqual([
      '127.0.0.1:$' + '{PORT:-4400}:4400',
      '127.0.0.1:$' + '{GRAFANA_PORT:-3000}:3000',
    ]);
  });

  it('ask for nothing that .env.example does not name', () => {
    const named = new Set([...read('docker/.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name));
    const asked = COMPOSE_FILES.flatMap((path) =>
      [...read(path).matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name),
    );
    expect(new Set(asked)).toEqual(named);
  });

  it('give Storyledger settings that it accepts', () => {
    const given = services
      .filter(([name]) => ['api', 'projector', 'migrate'].includes(name))
      .map(([, { environment }]) => Object.entries(environment ?? {}));
    expect(given).toHaveLength(7);
    for (const settings of given) {
      const filled = settings.map(([name, value]) => [
        name,
        value.replace(/\$\{\w+:-(\w*)\}/g, '$1').replace(/\$\{[^}]*\}/g, 's3cret'),
      ]);
      expect(() => readConfig(Object.fromEntries(filled))).not.toThrow();
    }
  });

  it('keep the home of Storyledger, where its signing key lies, in one volume for all its processes', () => {
    const home = /STORYLEDGER_HOME=(\S+)/.exec(read('docker/Dockerfile'))?.[1];
    expect(home).toBeDefined();
    for (const name of ['api', 'projector']) {
      expect(files[0]?.services[name]?.volumes).toEqual([`storyledger:${home}`]);
    }
  });

  it('make each KurrentDB node seek the other two, under the name that its certificate holds', () => {
    const nodes = services.filter(([name]) => /^kurrentdb\d$/.test(name));
    const names = nodes.map(([name]) => name);
    expect(names).toHaveLength(3);
    for (const [name, { environment }] of nodes) {
      const seeds = environment?.['KURRENTDB_GOSSIP_SEED']?.split(',').map((seed) => seed.replace(/:2113$/, ''));
      expect(seeds).toEqual(names.filter((other) => other !== name));
      expect(environment?.['KURRENTDB_NODE_HOST_ADVERTISE_AS']).toBe(name);
      expect(environment?.['KURRENTDB_CERTIFICATE_FILE']).toBe(`/nodes/${name}/node.crt`);
    }
  });
});
