import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { StartupError } from '#platform';
import type { SignedCheckpoint } from '#proof';
import type { Ledger } from '../ledger.js';
import { rotateSigningKey, signingKeyFile } from '../signing-key.js';
import { withLedger } from '../with-ledger.js';

export function registerCheckpoints(program: Command): void {
  const checkpoint = program.command('checkpoint').description('signed states of the log, which prove what was in it');
  checkpoint
    .command('create')
    .description('sign the log as it is now')
    .action(() =>
      withLedger('checkpoint', async (ledger) => {
        requireKey(ledger);
        await ledger.proof.projector().catchUp();
        const { size, note } = await ledger.proof.signer.sign();
        process.stdout.write(note);
        tell(`The log of ${size} events is signed.`);
      }),
    );
  checkpoint
    .command('list')
    .description('what was signed, the newest first')
    .option('--limit <n>', 'at most so many', count, 20)
    .option('--json', 'as JSON')
    .action(({ limit, json }: { limit: number; json?: boolean }) =>
      withLedger('checkpoint', async ({ proof }) => {
        const listed = await proof.checkpoints.list(limit);
        if (json === true) process.stdout.write(`${JSON.stringify(listed.map(shown), null, 2)}\n`);
        else for (const one of listed) process.stdout.write(`${line(one)}\n`);
      }),
    );
  checkpoint
    .command('export')
    .description('the latest one, to be kept in another place: `verify --against` compares the log with it')
    .option('-o, --output <file>', 'write it there')
    .action(({ output }: { output?: string }) =>
      withLedger('checkpoint', async ({ proof }) => {
        const latest = await proof.checkpoints.latest();
        if (latest === null) throw new StartupError('Nothing has been signed yet. Run: storyledger checkpoint create');
        if (output === undefined) process.stdout.write(latest.note);
        else await writeFile(output, latest.note);
        if (output !== undefined) tell(`The checkpoint of ${latest.size} events is in ${output}.`);
        tell('Keep it where nobody who runs this ledger can change it. The keys it can be checked with:');
        for (const { key } of await proof.checkpoints.keys()) tell(`  ${key.text}`);
      }),
    );
  checkpoint
    .command('rotate-key')
    .description('go on with a new signing key, which the old one vouches for')
    .action(() =>
      withLedger('checkpoint', async (ledger) => {
        requireKey(ledger);
        await ledger.proof.projector().catchUp();
        const next = await rotateSigningKey(ledger.config, ledger.proof.signer);
        process.stdout.write(`${next.verifier.text}\n`);
        tell(`From now on this key signs; it is in ${signingKeyFile(ledger.config)}, and the old one is gone.`);
        tell('Publish it, and bring the new file to wherever else the old one was.');
      }),
    );
}

function requireKey({ keyMissing }: Ledger): void {
  if (keyMissing !== null) throw new StartupError(keyMissing);
}

function shown({ size, root, note, signedAt }: SignedCheckpoint): object {
  return { size, root: root.toString('base64'), signedAt: signedAt.toISOString(), note };
}

function line({ size, root, signedAt }: SignedCheckpoint): string {
  return `${signedAt.toISOString()}  ${String(size).padStart(12)} events  ${root.toString('base64')}`;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
