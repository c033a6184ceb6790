import { type Command, Option } from 'commander';
import { type ApiKey, ROLES, type Role } from '#operations';
import { StartupError } from '#platform';
import { withLedger } from '../with-ledger.js';

const CLI = { id: 'system:cli', name: 'Command line' };

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('API keys: who may call, and as what');
  keys
    .command('create')
    .description('make a key; its secret is shown this once')
    .argument('<name>', 'for whom, such as "asia desk CMS"')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .option('--expires <moment>', 'such as 2027-01-01T00:00:00Z; never when left out')
    .action((name: string, { role, expires }: { role: Role; expires?: string }) =>
      withLedger('keys', async (ledger) => {
        const created = await ledger.keys.create({
          name,
          role,
          createdBy: CLI.id,
          createdByName: CLI.name,
          expiresAt: moment(expires),
        });
        process.stdout.write(`${created.secret}\n`);
        process.stderr.write(`Key ${created.key.keyId} (${role}) is made. Its secret, above, is not shown again.\n`);
      }),
    );
  keys
    .command('list')
    .description('all keys, the newest first')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withLedger('keys', async (ledger) => {
        const { items: listed } = await ledger.keys.list({ limit: 10_000, cursor: null });
        if (json === true) process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
        else for (const key of listed) process.stdout.write(`${line(key)}\n`);
      }),
    );
  keys
    .command('revoke')
    .description('end a key for good')
    .argument('<id>')
    .action((id: string) =>
      withLedger('keys', async (ledger) => {
        const revoked = /^[0-9a-f-]{36}$/.test(id) ? await ledger.keys.revoke(id, CLI) : null;
        if (revoked === null) throw new StartupError(`There is no key ${id}. See storyledger keys list.`);
        process.stdout.write(`Key ${id} ("${revoked.name}") is revoked.\n`);
      }),
    );
}

function moment(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getTime() <= Date.now()) {
    throw new StartupError('--expires must be a moment to come, such as 2027-01-01T00:00:00Z.');
  }
  return date;
}

function line({ keyId, name, role, expiresAt, revokedAt, lastUsedAt }: ApiKey): string {
  const state = revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt <= new Date() ? 'expired' : 'valid';
  return `${keyId}  ${role.padEnd(8)} ${state.padEnd(7)} last used ${lastUsedAt?.toISOString() ?? 'never'}  ${name}`;
}
