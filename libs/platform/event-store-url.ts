/** What a connection string may say after `?`. */
const OPTIONS: readonly string[] = [
  'tls',
  'tlsVerifyCert',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
  'nodePreference',
  'connectionName',
  'defaultDeadline',
  'keepAliveInterval',
  'keepAliveTimeout',
];
/** As the KurrentDB client reads them: its documents write tlsCaFile, others tls_ca_file. */
const flat = (name: string) => name.toLowerCase().replace(/[_-]/g, '');
const KNOWN: ReadonlySet<string> = new Set(OPTIONS.map(flat));
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * What is wrong with a KurrentDB connection string, to be said after the name of its variable; null: nothing. It names
 * options, never values: the string holds a password.
 */
export function eventStoreUrlProblem(url: string): string | null {
  const [, rest] = /^(?:kurrentdb|esdb)(?:\+discover)?:\/\/(.*)$/s.exec(url) ?? [];
  if (rest === undefined) return 'must be a URL such as kurrentdb://user:password@host:2113?tls=true';
  const [address = '', query, ...more] = rest.split('?');
  if (more.length > 0) return 'must have one "?", before its options';
  const at = address.lastIndexOf('@');
  if (at >= 0 && !/^[^:@/]+:[^:@/]+$/.test(address.slice(0, at))) {
    return 'must have user:password before the "@", with ":", "@" and "/" in them written as %3A, %40 and %2F';
  }
  const hosts = address
    .slice(at + 1)
    .replace(/\/+$/, '')
    .split(',');
  if (!hosts.every((host) => HOST.test(host))) return 'must name its hosts as host:2113, with commas between them';
  return query === undefined ? null : queryProblem(query);
}

function queryProblem(query: string): string | null {
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = pair.split('=');
    if (value === '' || pair.split('=').length > 2) return 'must have options as name=value, with "&" between them';
    if (!KNOWN.has(flat(key))) return `has an option that is not known. Known are ${OPTIONS.join(', ')}`;
    const isFlag = ['tls', 'tlsverifycert'].includes(flat(key));
    if (flat(key) === 'nodepreference' && value.toLowerCase() !== 'leader') {
      return `must have ${key} leader: another node may lag behind`;
    }
    if (isFlag && value !== 'true' && value !== 'false') return `must have ${key} true or false`;
  }
  return null;
}
