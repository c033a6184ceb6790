#!/usr/bin/env -S node --max-semi-space-size=32 --heap-growing-percent=100
import 'reflect-metadata';
import { Command } from 'commander';
import { StartupError } from '#platform';
import { registerCheckpoints } from './commands/checkpoint.command.js';
import { registerEvidence } from './commands/evidence.command.js';
import { registerImports } from './commands/imports.command.js';
import { registerKeys } from './commands/keys.command.js';
import { registerPolicy } from './commands/policy.command.js';
import { registerProcesses } from './commands/processes.command.js';
import { registerProjections } from './commands/projections.command.js';
import { registerReplay } from './commands/replay.command.js';
import { registerStore } from './commands/store.command.js';
import { registerVerify } from './commands/verify.command.js';

const program = new Command('storyledger')
  .description('An event-sourced newsroom ledger: who said what, through whom, when, and what it adds up to.')
  .showHelpAfterError()
  .configureHelp({ sortSubcommands: true });
for (const register of [
  registerProcesses,
  registerImports,
  registerKeys,
  registerProjections,
  registerPolicy,
  registerReplay,
  registerStore,
  registerCheckpoints,
  registerEvidence,
  registerVerify,
])
  register(program);

try {
  await program.parseAsync();
} catch (error) {
  const expected = error instanceof StartupError || (error instanceof Error && 'code' in error);
  process.stderr.write(`${expected && error instanceof Error ? error.message : describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
