import pg from 'pg';
import type { EventStore, Position } from '#event-store';
import { ApiKeys } from '#operations';
import { newId, openPool } from '#platform';
import { PROJECTIONS, rebuild } from '#read-models';
import { rowsOf } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { FakeClock } from './fake-clock.js';
import type { History, ReadModelRows } from './history.js';
import { HistoryClient, type Newsdesk, SOURCES } from './history-clients.js';
import { type FollowingReader, followFeed, followStore, openStore, readLog } from './history-readers.js';
import { LedgerPart } from './ledger-part.js';
import type { PostgresUnderFault } from './postgres-under-fault.js';

/** How long anything may take to come back once its fault is over. Far more than it needs on a busy machine. */
const RECOVERY_MS = 300_000;
const CLIENTS = 6;
const ACKNOWLEDGED_BEFORE = 40;
const ACKNOWLEDGED_AFTER = 60;

interface Direct {
  readonly ownerPool: pg.Pool;
  readonly store: EventStore;
}

/**
 * One ledger as it is delivered, on a database of its own: two APIs and two projectors that reach it through a proxy,
 * and clients and readers that reach them through proxies and write down what they see.
 */
export class LedgerUnderFault {
  private readonly clients: HistoryClient[] = [];
  private readonly notRecovered: string[] = [];

  private constructor(
    readonly postgres: PostgresUnderFault,
    private readonly database: string,
    readonly clock: FakeClock,
    readonly apis: readonly LedgerPart[],
    readonly projectors: readonly LedgerPart[],
    private readonly desk: Newsdesk,
    private readonly readers: readonly FollowingReader[],
  ) {}

  static async open(postgres: PostgresUnderFault): Promise<LedgerUnderFault> {
    const database = `faults_${newId().replaceAll('-', '')}`;
    await administrate(postgres, `CREATE DATABASE ${database}`);
    const url = urlOf(postgres, database);
    const throughProxy = new URL(url);
    throughProxy.port = `${postgres.proxy.port}`;
    const clock = await FakeClock.make();
    const settings = { DATABASE_URL: throughProxy.href, LOG_LEVEL: 'warn' };
    // Only the second of each has the clock that goes wrong.
    const part = (command: 'api' | 'projector', n: number) =>
      new LedgerPart(`${command} ${n}`, command, n === 1 ? settings : { ...settings, ...clock.settings });
    const apis = [part('api', 1), part('api', 2)];
    const projectors = [part('projector', 1), part('projector', 2)];
    try {
      await Promise.all([...apis, ...projectors].map((one) => one.start()));
    } catch (error) {
      await Promise.all([...apis, ...projectors].map((one) => one.remove()));
      throw error;
    }
    const secret = await makeKey(url);
    const desk: Newsdesk = { apis: () => apis.map((api) => api.url), secret, threads: [], steps: 0, acknowledged: 0 };
    await registerSources(desk);
    const readers = [
      followStore('a subscriber', throughProxy.href),
      ...apis.map((api) => followFeed(`the feed of ${api.name}`, api.url, secret)),
    ];
    return new LedgerUnderFault(postgres, database, clock, apis, projectors, desk, readers);
  }

  /** Clients work before the fault, during it, and until all is well after it. */
  async endure(round: string, seed: number, fault: () => Promise<string>): Promise<string> {
    const clients = Array.from({ length: CLIENTS }, (_, n) => new HistoryClient(`${round}-c${n}`, seed + n, this.desk));
    this.clients.push(...clients);
    const done = new AbortController();
    const working = clients.map((client) => client.run(done.signal));
    try {
      await this.acknowledgeMore(ACKNOWLEDGED_BEFORE);
      const what = await fault();
      await this.recover(`after ${what}`);
      return what;
    } finally {
      done.abort();
      await Promise.all(working);
      await Promise.all(clients.map((client) => client.askAgain()));
    }
  }

  /** Everything that was seen since the ledger was opened, once all readers and read models have come to the end. */
  async history(): Promise<History> {
    const ownerPool = openPool({
      url: this.directUrl,
      role: 'owner',
      max: 4,
      pipeline: true,
      applicationName: 'faults check',
    });
    const store = openStore(this.directUrl);
    try {
      for (;;) {
        const head = await store.head();
        await this.settle(ownerPool, head);
        const readModels = await readModelsOf({ ownerPool, store });
        // What a client had given up may have come in just now.
        if ((await store.head()) !== head) continue;
        const readers = this.readers.map((each) => each.reader());
        return {
          writes: this.clients.flatMap(({ writes }) => writes),
          reads: this.clients.flatMap(({ reads }) => reads),
          log: await readLog(store, head),
          readers: readers.map((reader) => ({
            ...reader,
            seen: reader.seen.filter(({ position }) => position <= head),
          })),
          readModels,
          parked: await parkedEvents(ownerPool),
          notRecovered: [...this.notRecovered, ...this.parts.flatMap(({ diedSaying }) => diedSaying)],
        };
      }
    } finally {
      await store.close();
      await ownerPool.end();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop()));
    await Promise.all(this.parts.map((part) => part.remove()));
    await this.clock.remove();
    await administrate(this.postgres, `DROP DATABASE ${this.database} WITH (FORCE)`);
  }

  private get parts(): readonly LedgerPart[] {
    return [...this.apis, ...this.projectors];
  }

  private get directUrl(): string {
    return urlOf(this.postgres, this.database);
  }

  private async recover(when: string): Promise<void> {
    await this.within(`no writes were acknowledged ${when}`, () => this.acknowledgeMore(ACKNOWLEDGED_AFTER));
    for (const api of this.apis) {
      const isReady = async () => {
        const answer = await fetch(`${api.url}/health/ready`).catch(() => null);
        return answer?.status === 200 || null;
      };
      await this.within(`${api.name} was not ready ${when}`, () => eventually(isReady, RECOVERY_MS));
    }
  }

  private async acknowledgeMore(count: number): Promise<void> {
    const enough = this.desk.acknowledged + count;
    await eventually(async () => this.desk.acknowledged >= enough || null, RECOVERY_MS);
  }

  private async settle(ownerPool: pg.Pool, head: Position): Promise<void> {
    const reached = async () => {
      const { rows } = await ownerPool.query<{ position: string }>(
        'SELECT min(position) AS position FROM read_models.checkpoints',
      );
      return BigInt(rows[0]?.position ?? -1) >= head || null;
    };
    await this.within(`the read models did not come to ${head}`, () => eventually(reached, RECOVERY_MS));
    for (const reader of this.readers) {
      // Whoever does not come is found by the check, which says what he missed.
      await eventually(async () => reader.position() >= head || null, RECOVERY_MS).catch(() => undefined);
    }
  }

  private async within(failure: string, recovery: () => Promise<unknown>): Promise<void> {
    try {
      await recovery();
    } catch {
      this.notRecovered.push(`${failure} within ${RECOVERY_MS / 1_000} s`);
    }
  }
}

function urlOf({ directUrl }: PostgresUnderFault, database: string): string {
  const url = new URL(directUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function administrate({ directUrl }: PostgresUnderFault, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: directUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function makeKey(url: string): Promise<string> {
  const pool = openPool({ url, role: 'app', max: 1, applicationName: 'faults key' });
  try {
    const { secret } = await new ApiKeys(pool).create({ name: 'faults', role: 'editor', createdBy: 'system:test' });
    return secret ?? '';
  } finally {
    await pool.end();
  }
}

async function registerSources({ apis, secret }: Newsdesk): Promise<void> {
  for (const key of SOURCES) {
    const answer = await fetch(`${apis()[0]}/v1/sources`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key, name: key, kind: 'agency', group: `group:${key}` }),
    });
    if (answer.status !== 201) throw new Error(`The source ${key} was not registered: ${await answer.text()}`);
  }
}

async function readModelsOf({ ownerPool, store }: Direct): Promise<readonly ReadModelRows[]> {
  const models: ReadModelRows[] = [];
  for (const projection of PROJECTIONS) {
    const live = await rowsOf({ database: { ownerPool } }, projection);
    await rebuild({ store, ownerPool, projection });
    models.push({ name: projection.name, live, rebuilt: await rowsOf({ database: { ownerPool } }, projection) });
  }
  return models;
}

async function parkedEvents(ownerPool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await ownerPool.query<{ projection: string; position: string; error: string }>(
    'SELECT * FROM read_models.parked_events ORDER BY position',
  );
  return rows.map((row) => JSON.stringify(row).slice(0, 1_000));
}
