import { describe } from 'vitest';
import type { EventStore } from '#event-store';
import { KurrentDbEventStore } from '#event-store/kurrentdb';
import { KurrentDbServer } from './kurrentdb-server.js';

/** An empty log on a real KurrentDB. */
export interface TestLog {
  readonly url: string;
  /** The process behind it; null of a server that was given by its address. */
  readonly server: KurrentDbServer | null;
  dispose(): Promise<void>;
}

const { KURRENTDB_BIN, KURRENTDB_URL } = process.env;
export const canStartKurrentDb = Boolean(KURRENTDB_BIN);

/**
 * A suite against a real server; without one it is skipped, which the run says in one line. `startsServers`: it needs
 * more than one log, or ends its server, for which an address alone is not enough.
 */
export function describeWithKurrentDb(
  name: string,
  options: { readonly startsServers: boolean },
  suite: () => void,
): void {
  const isThere = canStartKurrentDb || (!options.startsServers && Boolean(KURRENTDB_URL));
  describe.skipIf(!isThere)(name, suite);
}

/** Of a server of its own with KURRENTDB_BIN; the one of KURRENTDB_URL, which must be empty, otherwise. */
export async function openTestLog(): Promise<TestLog> {
  if (KURRENTDB_BIN) {
    const server = await KurrentDbServer.start();
    return { url: server.url, server, dispose: () => server.stop() };
  }
  return { url: KURRENTDB_URL ?? '', server: null, dispose: async () => undefined };
}

/** A store on an empty log, and the server that goes with it. */
export interface LogOfItsOwn {
  readonly store: EventStore;
  /** Of what its user has not closed. */
  dispose(): Promise<void>;
}

export async function openLogOfItsOwn(): Promise<LogOfItsOwn> {
  const log = await openTestLog();
  const store = new KurrentDbEventStore({ url: log.url });
  return {
    store,
    async dispose() {
      await store.close();
      await log.dispose();
    },
  };
}
