import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Replay } from '#replay';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { seedStory } from '../../../test/seed-story.js';
import { attributionInput, commandContext, openStory } from '../../../test/tell-story.js';
import { SigningKey } from '../notes/signing-key.js';
import { parseNote, verifyBundle } from '../offline/verify.mjs';
import { Proof } from '../proof.js';
import { ThreadEvidence } from './thread-evidence.js';
import { type BundleFiles, readBundle } from './zip.js';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs', 'proof.md');

describe('an evidence bundle of the seed story', () => {
  const keys = [SigningKey.generate('example.org/ledger'), SigningKey.generate('example.org/ledger')] as const;
  let newsroom: Newsroom;
  let proof: Proof;
  let threadId: string;
  let files: BundleFiles;
  const folders: string[] = [];

  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector();
    proof = new Proof({ pool: newsroom.database.appPool, store: newsroom.store, key: keys[0] });
    await proof.checkpoints.addFirstKey(keys[0].verifier);
    threadId = await openStory(newsroom, seedStory);
    for (const [n, step] of seedStory.attributions.entries()) {
      await newsroom.threads.record(threadId, attributionInput(step), commandContext());
      if (n % 4 !== 3) continue;
      await proof.projector().catchUp();
      await (n === 7 ? proof.signer.rotate(keys[1]) : proof.signer.sign());
    }
    files = await bundle();
  });
  afterAll(async () => {
    await newsroom.close();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  async function bundle(): Promise<BundleFiles> {
    await newsroom.settled();
    await proof.projector().catchUp();
    const { store, queries } = newsroom;
    const evidence = new ThreadEvidence({
      store,
      proof,
      replay: new Replay(store),
      names: (ids) => queries.names(ids),
    });
    const made = await evidence.of({ threadId, madeBy: 'Standards desk', madeAt: new Date('2026-03-01T12:00:00Z') });
    expect(made.fileName).toBe(`evidence-${seedStory.thread.slug}-r${made.revision}.zip`);
    return readBundle(made.zip);
  }

  async function unpack(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'storyledger-evidence-'));
    folders.push(folder);
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    return folder;
  }

  /** As somebody does who has nothing but Node. */
  const verifier = (folder: string, ...args: string[]) =>
    spawnSync(process.execPath, ['verify.mjs', ...args], { cwd: folder, encoding: 'utf8', env: {} });

  const textOf = (path: string) => Buffer.from(files.get(path) ?? []).toString('utf8');
  const problems = (changed: Iterable<readonly [string, Uint8Array]>, options = {}) =>
    verifyBundle(new Map(changed), options).problems;

  it('verifies offline, in a folder with nothing else', async () => {
    const { status, stdout } = verifier(await unpack());
    expect(stdout).toMatch(/^VERIFIED\.$/m);
    expect(stdout).toMatch(new RegExp(`Each of the \\d+ events of thread-${threadId}, revision 0 to \\d+`));
    expect(stdout).toMatch(/of one history/);
    expect(status).toBe(0);
  });

  it('fails when one byte of any file is changed, and says of which', () => {
    for (const [path, bytes] of files) {
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const found = problems([...files, [path, changed]]);
        expect(found, `${path}, byte ${at}`).not.toEqual([]);
        if (path === 'manifest.txt' || path === 'keys.txt') continue;
        expect(found.join(' '), `${path}, byte ${at}`).toContain(path.split('/').at(-1)?.split('.')[0]);
      }
    }
  });

  it('names a checkpoint whose signature can no longer be read', () => {
    const [path = '', bytes = new Uint8Array()] = [...files].find(([name]) => name.startsWith('checkpoints/')) ?? [];
    const broken = Buffer.from(Buffer.from(bytes).toString('utf8').replace('\n\n\u2014 ', '\n\n- '));
    expect(problems([...files, [path, broken]])).toContainEqual(expect.stringMatching(`${path}: A signed note has`));
  });

  it('fails as a program, too', async () => {
    const folder = await unpack();
    const [path = ''] = [...files.keys()].filter((name) => name.startsWith('events/'));
    const event = await readFile(join(folder, path), 'utf8');
    await writeFile(join(folder, path), event.replace(/"revision":"(\d)/, '"revision":"9$1'));
    const { status, stdout } = verifier(folder);
    expect(stdout).toMatch(/^NOT VERIFIED: \d+ problem/m);
    expect(stdout).toContain(path);
    expect(status).toBe(1);
  });

  it('fails when a file is taken out, or added', () => {
    for (const path of files.keys()) {
      expect(problems([...files].filter(([name]) => name !== path)), path).not.toEqual([]);
    }
    expect(problems([...files, ['events/000000009999.json', Buffer.from('{}')]])).not.toEqual([]);
  });

  it('is made anew by nobody without the key: forged events do not fit the signatures', () => {
    const stranger = SigningKey.generate('example.org/ledger');
    const { text } = parseNote(textOf('manifest.txt'));
    const forged = Buffer.from(`${text}\n${stranger.signatureLine(text)}`);
    const listed = Buffer.from(`${textOf('keys.txt')}${stranger.verifier.text}\n`);
    expect(problems([...files, ['manifest.txt', forged], ['keys.txt', listed]]).join(' ')).toMatch(
      /signed by no key that can be trusted/,
    );
  });

  it('is checked against a key and a checkpoint from elsewhere', async () => {
    const folder = await unpack();
    const elsewhere = await mkdtemp(join(tmpdir(), 'storyledger-kept-'));
    folders.push(elsewhere);
    const [latest, before] = await proof.checkpoints.list(2);
    const kept = {
      key: `${keys[0].verifier.text}\n`,
      newKey: `${keys[1].verifier.text}\n`,
      strange: `${SigningKey.generate('example.org/ledger').verifier.text}\n`,
      latest: latest?.note ?? '',
      before: before?.note ?? '',
    };
    for (const [name, text] of Object.entries(kept)) await writeFile(join(elsewhere, name), text);
    const at = (name: string) => join(elsewhere, name);
    for (const key of ['key', 'newKey']) expect(verifier(folder, '--key', at(key)).status, key).toBe(0);
    expect(verifier(folder, '--key', at('strange')).status).toBe(1);
    expect(verifier(folder, '--checkpoint', at('latest')).stdout).toMatch(/is the one that was kept elsewhere/);
    expect(verifier(folder, '--checkpoint', at('before')).status).toBe(0);
    const rewritten = kept.latest.replace(/\n\n[\s\S]*$/, '\n');
    const lines = rewritten.split('\n');
    const other = `${lines[0]}\n${lines[1]}\n${Buffer.alloc(32, 1).toString('base64')}\n`;
    await writeFile(at('rewritten'), `${other}\n${keys[1].signatureLine(other)}`);
    const { stdout } = verifier(folder, '--checkpoint', at('rewritten'));
    expect(stdout).toMatch(/history was rewritten/);
    expect(verifier(folder, '--key', at('nothing-there')).status).toBe(2);
  });

  it('verifies with openssl and sha256sum alone, as docs/proof.md says, and fails so when a byte is changed', async () => {
    const found = spawnSync('openssl', ['version'], { encoding: 'utf8' });
    expect(found.error, 'openssl is needed for this test, and is not installed').toBeUndefined();
    const [, script = ''] = /```sh\n(# Verify an evidence bundle[\s\S]*?)```/.exec(await readFile(DOCS, 'utf8')) ?? [];
    expect(script.length).toBeGreaterThan(500);
    const folder = await unpack();
    const run = () => spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    const whole = run();
    expect(whole.stderr + whole.stdout).toMatch(/All \d+ events are in the log that was signed\.\n$/);
    expect(whole.status).toBe(0);
    const paths = [...files.keys()];
    for (const part of ['events/', 'proofs/', 'checkpoints/', 'manifest.txt', 'replay.html']) {
      const path = paths.find((name) => name.startsWith(part)) ?? '';
      const bytes = Buffer.from(files.get(path) ?? []);
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      await writeFile(join(folder, path), bytes);
      expect(run().status, path).not.toBe(0);
      await writeFile(join(folder, path), files.get(path) ?? '');
    }
  });

  it('brings what it says: the replay in plain sentences, the sources, the policy', () => {
    const { steps, policy } = JSON.parse(textOf('replay.json'));
    expect(policy).toMatchObject({ name: 'standard', version: 1, corroborationNeeds: 2 });
    expect(JSON.parse(textOf('policy.json'))).toEqual(policy);
    expect(JSON.parse(textOf('policies/standard-1.json'))).toEqual(policy);
    expect(steps.at(-1).policy).toBe('standard-1');
    expect(steps.at(-1).sentence).toMatch(/\w+.*: /);
    const page = textOf('replay.html');
    expect(page).toContain(steps.at(-1).sentence.replaceAll("'", '&#39;').replaceAll('"', '&quot;'));
    expect(page).not.toMatch(/<script|src=|https?:\/\//);
    for (const [, href] of page.matchAll(/href="([^"]+)"/g)) expect(files.has(href ?? ''), href).toBe(true);
    const events = [...files.keys()]
      .filter((path) => path.startsWith('events/'))
      .map((path) => JSON.parse(textOf(path)));
    const registered = events.filter(({ type }) => type === 'SourceRegistered').map(({ data }) => data.key);
    expect(registered).toContain('kremlin');
    expect(textOf('README.txt')).toContain('node verify.mjs');
  });

  it('escapes what people wrote', async () => {
    const evil = '<script>alert(1)</script> & "quoted"';
    await newsroom.threads.revise(threadId, { headline: evil }, commandContext());
    const page = Buffer.from((await bundle()).get('replay.html') ?? []).toString('utf8');
    expect(page).not.toContain('<script>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;');
  });

  it('is not made without the key', async () => {
    const other = new Proof({ pool: newsroom.database.appPool, store: newsroom.store });
    const { store, queries } = newsroom;
    const evidence = new ThreadEvidence({
      store,
      proof: other,
      replay: new Replay(store),
      names: (ids) => queries.names(ids),
    });
    await expect(evidence.of({ threadId, madeBy: 'X', madeAt: new Date() })).rejects.toMatchObject({
      code: 'no_signing_key',
    });
  });
});

describe('a zip file', () => {
  it.each([
    ['is none', Buffer.from('nonsense')],
    ['is empty', Buffer.alloc(0)],
  ])('that %s is refused', (_, bytes) => {
    expect(() => readBundle(bytes)).toThrow(/no zip file/);
  });
});
