import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Refusal } from '#domain';
import { StartupError } from '#platform';
import { ThreadEvidence } from '#proof';
import type { Ledger } from '../ledger.js';
import { withLedger } from '../with-ledger.js';

const ACTOR = { id: 'system:cli', name: 'Command line' };

export function registerEvidence(program: Command): void {
  program
    .command('evidence')
    .description('a thread with its replay, proofs and a verifier, in one zip that proves itself offline')
    .argument('<thread>', 'its id or slug')
    .option('-o, --output <file>', 'write it there; a name made of the slug when left out')
    .action((thread: string, { output }: { output?: string }) =>
      withLedger('evidence', (ledger) => makeBundle(ledger, thread, output)),
    );
}

async function makeBundle(ledger: Ledger, thread: string, output: string | undefined): Promise<void> {
  const { store, proof, replay, queries, accesses, keyMissing } = ledger;
  if (keyMissing !== null) throw new StartupError(keyMissing);
  await proof.projector().catchUp();
  const evidence = new ThreadEvidence({ store, proof, replay, names: (ids) => queries.names(ids) });
  const threadId = await idOf(ledger, thread);
  const { zip, fileName, events, revision, size } = await evidence.of({
    threadId,
    madeBy: ACTOR.name,
    madeAt: new Date(),
  });
  const detail = { revision, events, size };
  await accesses.record({ actor: ACTOR, action: 'evidence.exported', subject: `thread-${threadId}`, detail });
  const file = output ?? fileName;
  await writeFile(file, zip);
  process.stdout.write(`${file}: ${events} events up to revision ${revision}, of a signed log of ${size}.\n`);
  process.stdout.write('Unpack it anywhere and run: node verify.mjs\n');
}

async function idOf({ threads, replay }: Ledger, thread: string): Promise<string> {
  try {
    const threadId = await threads.idOf(thread);
    await replay.thread(threadId);
    return threadId;
  } catch (error) {
    throw error instanceof Refusal ? new StartupError(error.message) : error;
  }
}
