import { Writable } from 'node:stream';
import { pino } from 'pino';
import { SigningKey } from '#proof';
import { type ApiUnderTest, createApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { startProjector } from '../../apps/projector/start-projector.js';
import { seedStory } from '../seed-story.js';
import { attributionInput, commandContext, openStory } from '../tell-story.js';

export interface FuzzedApi {
  readonly api: ApiUnderTest;
  readonly port: number;
  /** All that was logged, at the finest level, by API and projector. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** The API on a port, with a projector beside it and the seed story in it. */
export async function startFuzzedApi(): Promise<FuzzedApi> {
  const log: string[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: 'trace' }, lines);
  // Client and server share a process here, in which neither may come to its work for a while.
  const api = await createApiUnderTest({ logger, overloadLimits: { mostDelayMs: 600_000 } });
  const { proof, threads } = api.parts;
  const key = SigningKey.generate('fuzz');
  proof.signer.use(key);
  await proof.checkpoints.addFirstKey(key.verifier);
  const projector = startProjector({ ...api.parts, checkpointMs: 500 });
  const threadId = await openStory(api.parts, seedStory);
  for (const step of seedStory.attributions) await threads.record(threadId, attributionInput(step), commandContext());
  const url = new URL(await api.app.getHttpAdapter().getInstance().listen({ host: '127.0.0.1', port: 0 }));
  return {
    api,
    port: Number(url.port),
    log,
    async close() {
      await projector.stop();
      await api.close();
    },
  };
}
