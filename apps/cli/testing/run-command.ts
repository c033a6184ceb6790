import { Command } from 'commander';
import { vi } from 'vitest';

export interface CommandRun {
  /** What was printed to standard output. */
  readonly out: string;
  /** What was told on standard error. */
  readonly err: string;
  readonly code: unknown;
}

/** Runs a command within this process, as its words would on a command line. Rejects with what the command throws. */
export async function runCommand(
  registers: readonly ((program: Command) => void)[],
  words: readonly string[],
): Promise<CommandRun> {
  const written: string[] = [];
  const told: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    const program = new Command('storyledger').exitOverride();
    for (const register of registers) register(program);
    for (const command of program.commands.flatMap((each) => [each, ...each.commands])) command.exitOverride();
    await program.parseAsync(words, { from: 'user' });
    return { out: written.join(''), err: told.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}
