import { canStartKurrentDb, describeWithKurrentDb, openTestLog } from '../../../test/setup/kurrentdb.js';
import type { EventCodec } from '../codec.js';
import { eventStoreContract } from '../testing/event-store-contract.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';

describeWithKurrentDb('a real KurrentDB', { startsServers: false }, () => {
  eventStoreContract(
    'KurrentDB',
    async () => {
      const log = await openTestLog();
      const opened: KurrentDbEventStore[] = [];
      const open = (codec?: EventCodec) => {
        const store = new KurrentDbEventStore({ url: log.url, ...(codec && { codec }) });
        opened.push(store);
        return store;
      };
      return {
        store: open(),
        other: open(),
        openStore: open,
        async dispose() {
          await Promise.all(opened.map((store) => store.close()));
          await log.dispose();
        },
      };
    },
    // KurrentDB indexes no ids: it looks for them only in the stream that is appended to.
    { refusesIdsOfOtherStreams: false, opensOtherLogs: canStartKurrentDb },
  );
});
