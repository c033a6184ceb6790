import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '#platform';
import { parseKey, parseNote, SigningKey, signersOf } from '#proof';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { commandContext } from '../../../test/tell-story.js';
import { openLedger } from '../ledger.js';
import { runCommand } from '../testing/run-command.js';
import { registerCheckpoints } from './checkpoint.command.js';

describe('storyledger checkpoint', () => {
  let database: TestDatabase;
  let home: string;
  let file: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await mkdtemp(join(tmpdir(), 'storyledger-checkpoint-'));
    file = join(home, 'signing.key');
    vi.stubEnv('DATABASE_URL', database.url);
    vi.stubEnv('STORYLEDGER_HOME', home);
    vi.stubEnv('PROOF_ORIGIN', 'example.org/ledger');
    vi.stubEnv('LOG_LEVEL', 'fatal');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  /** What the command prints to standard output. */
  const run = async (...words: string[]) => (await runCommand([registerCheckpoints], ['checkpoint', ...words])).out;
  const startProjector = async () => {
    const ledger = await openLedger({ name: 'projector', makesKey: true });
    await ledger.sources.register(
      { key: null, name: `Wire ${newId()}`, kind: 'agency', group: 'agency:wire', trustedConduit: true },
      commandContext(),
    );
    await ledger.close();
    return ledger.keyMissing;
  };

  it('says that there is no key yet, and who makes it', async () => {
    await expect(run('create')).rejects.toThrow(/no signing key yet/);
    await expect(run('export')).rejects.toThrow(/Nothing has been signed yet/);
  });

  it('signs with the key that the first projector has made, for its eyes only', async () => {
    expect(await startProjector()).toBeNull();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'identity.key'))).mode & 0o777).toBe(0o600);
    const key = SigningKey.parse(await readFile(file, 'utf8')).verifier;
    const note = await run('create');
    expect(signersOf(parseNote(note), [key])).toHaveLength(1);
    expect(note.startsWith('example.org/ledger\n1\n')).toBe(true);
    const exported = join(home, 'checkpoint.txt');
    await run('export', '--output', exported);
    expect(await readFile(exported, 'utf8')).toBe(note);
    expect(await run('list')).toMatch(/ 1 events {2}\S+=\n$/);
    expect(JSON.parse(await run('list', '--json'))).toMatchObject([{ size: 1, note }]);
  });

  it('goes on with a new key, which the old one has vouched for', async () => {
    const old = SigningKey.parse(await readFile(file, 'utf8')).verifier;
    const next = parseKey(await run('rotate-key'));
    expect(SigningKey.parse(await readFile(file, 'utf8')).verifier.text).toBe(next.text);
    const [rotation] = JSON.parse(await run('list', '--json'));
    expect(signersOf(parseNote(rotation.note), [old, next])).toHaveLength(2);
    await startProjector();
    expect(signersOf(parseNote(await run('create')), [old, next])).toEqual([next]);
  });

  it('finishes a rotation that was cut off after the new key was published', async () => {
    const ledger = await openLedger({ name: 'test' });
    const next = SigningKey.generate('example.org/ledger');
    await writeFile(`${file}.new`, next.secretText(), { mode: 0o600 });
    await ledger.proof.signer.rotate(next);
    await ledger.close();
    expect(await startProjector()).toBeNull();
    expect(await readFile(file, 'utf8')).toBe(next.secretText());
  });

  it('forgets a new key that was never published', async () => {
    const before = await readFile(file, 'utf8');
    await writeFile(`${file}.new`, SigningKey.generate('example.org/ledger').secretText(), { mode: 0o600 });
    expect(await startProjector()).toBeNull();
    expect(await readFile(file, 'utf8')).toBe(before);
    await expect(stat(`${file}.new`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('does not sign without the key, with another, or with one that others can read', async () => {
    const secret = await readFile(file, 'utf8');
    await chmod(file, 0o644);
    await expect(run('create')).rejects.toThrow(/can be read by others/);
    await rm(file);
    expect(await startProjector()).toMatch(/signs with key example.org\/ledger\+[0-9a-f]{8}, which is not here/);
    await expect(run('create')).rejects.toThrow(/PROOF_KEY_FILE/);
    await writeFile(file, SigningKey.generate('example.org/ledger').secretText(), { mode: 0o600 });
    expect(await startProjector()).toMatch(/is not one of this ledger/);
    await writeFile(file, 'nonsense');
    await expect(run('create')).rejects.toThrow(/is no key file/);
    await writeFile(file, secret, { mode: 0o600 });
    expect(await startProjector()).toBeNull();
  });
});
