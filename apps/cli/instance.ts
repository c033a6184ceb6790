import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A `storyledger up` at work in a data folder. */
export interface Instance {
  readonly pid: number;
  /** Null while it starts. */
  readonly address: string | null;
  /** Of its embedded database, for commands beside it; it holds the password, so the file is 0600. */
  readonly databaseUrl: string | null;
}

/** Claims the folder for this process; answers the instance that has it instead, if one is alive. */
export async function claimInstance(file: string): Promise<Instance | null> {
  await mkdir(dirname(file), { recursive: true });
  for (;;) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(JSON.stringify({ pid: process.pid, address: null, databaseUrl: null }));
      await handle.close();
      return null;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const running = await findInstance(file);
    if (running !== null) return running;
    // Left by a killed process.
    await rm(file, { force: true });
  }
}

export async function findInstance(file: string): Promise<Instance | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const instance = parse(text);
  return instance !== null && (await isStoryledger(instance.pid)) ? instance : null;
}

/** Whole or not at all: a command beside us may read it at any moment. */
export async function announceInstance(file: string, instance: Omit<Instance, 'pid'>): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify({ pid: process.pid, ...instance }), { mode: 0o600 });
  await rename(fresh, file);
}

export async function releaseInstance(file: string): Promise<void> {
  await rm(file, { force: true });
}

function parse(text: string): Instance | null {
  try {
    return JSON.parse(text) as Instance;
  } catch {
    return null;
  }
}

async function isStoryledger(pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  // The number may have gone to another program since; where there is no /proc, being alive has to do.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return command === null || command.includes('main.js');
}
