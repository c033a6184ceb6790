import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AccessDeniedError, excludeSystemEvents, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { within } from './server-fault.js';

/** Of EventStoreDB, as it was called then; what is older lacks reads that the adapter needs. */
const OLDEST = { year: 23, month: 10 };
const ANSWER_MS = 10_000;
const PROBE_MS = 3_000;
const NO_TLS = /WRONG_VERSION_NUMBER|EPROTO|packet length too long/i;

/** What is wrong with a server, to be said after "The event store"; null: nothing is. Tells addresses, never accounts. */
export async function kurrentDbProblem(url: string): Promise<string | null> {
  let client: KurrentDBClient;
  try {
    client = KurrentDBClient.connectionString(url.replace(/^esdb/, 'kurrentdb'));
  } catch (error) {
    // The client's own words on a certificate file; of anything else they may hold the password.
    const words = error instanceof Error && /certificate|userCert/i.test(error.message) ? `: ${error.message}` : '.';
    return `cannot be connected to by this connection string${words}`;
  }
  try {
    const { serverVersion } = await within(ANSWER_MS, client['capabilities']);
    const problem = versionProblem(serverVersion);
    if (problem !== null) return problem;
    // Reading the whole log is what the account needs most.
    for await (const _ of client.readAll({ maxCount: 1, filter: excludeSystemEvents() })) break;
    return null;
  } catch (error) {
    return (await networkProblem(url)) ?? accountProblem(error);
  } finally {
    await client.dispose().catch(() => undefined);
  }
}

export function versionProblem(version: string): string | null {
  const [, year, month] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(year) < OLDEST.year || (Number(year) === OLDEST.year && Number(month) < OLDEST.month);
  if (year === undefined || isOld) {
    const which = year === undefined ? 'a version that it does not tell' : `version ${version}`;
    return `is of ${which}, which is too old. Storyledger needs ${OLDEST.year}.${OLDEST.month} or newer, and is tested with 26.1.`;
  }
  return null;
}

function accountProblem(error: unknown): string {
  if (
    error instanceof AccessDeniedError ||
    (error instanceof Error && /unauthenticated|access denied/i.test(error.message))
  ) {
    return 'refuses the account. Check user and password, and that the account may read $all.';
  }
  return 'does not answer as a KurrentDB with a leader does. Is the cluster complete, and are the addresses its own?';
}

/** Looks at each host as a plain socket does, which tells better than the client what is the matter. */
async function networkProblem(url: string): Promise<string | null> {
  const addresses = addressesOf(url);
  const problems = await Promise.all(addresses.hosts.map((host) => hostProblem(host, addresses)));
  return problems.every((problem) => problem !== null) ? (problems[0] ?? null) : null;
}

interface Host {
  readonly host: string;
  readonly port: number;
}

interface Addresses {
  readonly hosts: readonly Host[];
  readonly tls: boolean;
  readonly verify: boolean;
  /** PEM; null: those that Node trusts. */
  readonly authority: Buffer | null;
}

function addressesOf(url: string): Addresses {
  const [, address = '', query = ''] = /^[^:]+:\/\/(?:[^@]*@)?([^?]*)\??(.*)$/.exec(url) ?? [];
  const hosts = address
    .replace(/\/+$/, '')
    .split(',')
    .map((text) => {
      const [, host = text, port = '2113'] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
      return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
    });
  // As the client reads them: tlsCaFile and tls_ca_file are one option.
  const options = new Map(
    [...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase().replace(/[_-]/g, ''), value]),
  );
  const file = options.get('tlscafile');
  return {
    hosts,
    tls: options.get('tls') !== 'false',
    verify: options.get('tlsverifycert') !== 'false',
    authority: file === undefined ? null : readFileSync(file),
  };
}

async function hostProblem({ host, port }: Host, { tls, verify, authority }: Addresses): Promise<string | null> {
  const where = `at ${host}:${port}`;
  const plain = await socketFault(() => connectPlain(port, host), 'connect');
  if (plain !== null)
    return `${where} cannot be reached (${plain}). Is the server running, and are host and port right?`;
  const secure = { host, port, rejectUnauthorized: false, ...(/[a-z]/i.test(host) && { servername: host }) };
  const secureFault = await socketFault(() => connectTls(secure), 'secureConnect');
  if (tls && secureFault !== null && NO_TLS.test(secureFault)) {
    return `${where} does not use TLS. Add tls=false to the connection string, or give the server a certificate.`;
  }
  if (!tls && secureFault === null) return `${where} wants TLS. Take tls=false out of the connection string.`;
  if (!tls || !verify) return null;
  const fault = await socketFault(
    () => connectTls({ ...secure, rejectUnauthorized: true, ...(authority !== null && { ca: authority }) }),
    'secureConnect',
  );
  return fault === null
    ? null
    : `${where} has a certificate that is not trusted (${fault}). Name the authority's file with tlsCAFile.`;
}

/** Null: it connected. */
async function socketFault(open: () => ReturnType<typeof connectPlain>, event: string): Promise<string | null> {
  const socket = open();
  try {
    await once(socket, event, { signal: AbortSignal.timeout(PROBE_MS) });
    return null;
  } catch (error) {
    if (!(error instanceof Error)) return 'no answer';
    return 'code' in error && typeof error.code === 'string' && error.name !== 'AbortError' ? error.code : 'no answer';
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}
