import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

/**
 * Milliseconds of processor time that this process and the database's connections have used so far: what a measure costs
 * on a machine where others work too. Null where the system does not tell it of other processes.
 */
export async function processorTime(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database()`,
  );
  const used = await Promise.all(rows.map(({ pid }) => nanosecondsOf(pid)));
  if (used.includes(null)) return null;
  const { user, system } = process.cpuUsage();
  return used.reduce<number>((sum, one) => sum + (one ?? 0) / 1e6, (user + system) / 1e3);
}

/** 0 of one that has ended meanwhile. */
async function nanosecondsOf(pid: number): Promise<number | null> {
  try {
    return Number((await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')[0]);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return process.platform === 'linux' && (code === 'ENOENT' || code === 'ESRCH') ? 0 : null;
  }
}
