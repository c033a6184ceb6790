import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { nameOfPolicy, type StatusPolicy, type ThreadId } from '#domain';
import type { EventStore, RawEvent } from '#event-store';
import { type Names, namesIn, type Replay, type ReplayStep, recordOf } from '#replay';
import { signNote } from '../notes/signing-key.js';
import type { Proof } from '../proof.js';
import { LogEvidenceMaker, utf8 } from './log-evidence.js';
import { readme } from './readme.js';
import { replayPage } from './replay-page.js';
import { zipBundle } from './zip.js';

export interface EvidenceRequest {
  readonly threadId: ThreadId;
  /** Whose name it bears. */
  readonly madeBy: string;
  readonly madeAt: Date;
}

export interface Evidence {
  readonly zip: Uint8Array;
  /** Such as `evidence-kim-putin-visit-r12.zip`. */
  readonly fileName: string;
  /** Of the thread and its sources. */
  readonly events: number;
  readonly revision: string;
  /** Events in the log that was signed. */
  readonly size: number;
}

export interface EvidenceParts {
  readonly store: EventStore;
  readonly proof: Proof;
  readonly replay: Replay;
  /** What sources and threads are called. */
  readonly names: (ids: ReturnType<typeof namesIn>) => Promise<Names>;
}

const FORMAT = 'storyledger-evidence/1';
const REPLAY_FORMAT = 'storyledger-replay/1';
const VERIFIER = new URL('../offline/verify.mjs', import.meta.url);

/** Makes of a thread one zip that proves itself, offline. */
export class ThreadEvidence {
  private readonly log: LogEvidenceMaker;

  constructor(private readonly parts: EvidenceParts) {
    const { tree, checkpoints, signer } = parts.proof;
    this.log = new LogEvidenceMaker(tree, checkpoints, signer);
  }

  /** @throws Refusal thread_not_found; NoSigningKey, ProofBehind, EventAltered, HistoryRewritten */
  async of({ threadId, madeBy, madeAt }: EvidenceRequest): Promise<Evidence> {
    // Before anything is made: without a key nothing comes of it.
    const key = this.parts.proof.signer.currentKey();
    const steps = await this.parts.replay.steps(threadId);
    const names = await this.parts.names(namesIn(steps));
    const events = await this.eventsOf(threadId, steps);
    const { files: proven, paths, latest } = await this.log.of(events);
    const last = steps.at(-1);
    const [first] = steps;
    if (first === undefined || last === undefined) throw new Error(`Thread ${threadId} has no event.`);
    const { slug, headline } = detailsOf(steps);
    const stream = last.stored.stream;
    const revision = last.stored.revision.toString();
    const records = steps.map((step) => recordOf(step, names));
    const at = madeAt.toISOString();
    const { policy } = last;
    const page = {
      headline,
      slug,
      threadId,
      policy: nameOfPolicy(policy),
      madeAt: at,
      madeBy,
      steps: records,
      files: paths,
    };
    const origin = key.name;
    const facts = { headline, stream, revision, events: events.length, size: latest.size, origin, madeAt: at };
    const files = new Map<string, Uint8Array>([
      ['README.txt', utf8(readme(facts))],
      ['verify.mjs', await readFile(VERIFIER)],
      ['replay.html', utf8(replayPage(page))],
      ['replay.json', json({ format: REPLAY_FORMAT, threadId, slug, policy, steps: records })],
      ['thread.json', json({ threadId, stream, revision, slug, headline, madeAt: at, madeBy })],
      ['policy.json', json(policy)],
      ...policiesOf(steps).map((each) => [`policies/${nameOfPolicy(each)}.json`, json(each)] as const),
      ...proven,
    ]);
    // The key may have been rotated meanwhile: the newest signs.
    const signer = this.parts.proof.signer.currentKey();
    files.set('manifest.txt', utf8(signNote(manifest(files), [signer])));
    const fileName = `evidence-${slug}-r${revision}.zip`;
    return { zip: zipBundle(files, madeAt), fileName, events: events.length, revision, size: latest.size };
  }

  private async eventsOf(threadId: ThreadId, steps: readonly ReplayStep[]): Promise<readonly RawEvent[]> {
    const events: RawEvent[] = [];
    const { store } = this.parts;
    const thread = store.readRawStream(`thread-${threadId}`, { limit: steps.length });
    for await (const event of thread) events.push(event);
    for (const sourceId of namesIn(steps).sources) {
      for await (const event of store.readRawStream(`source-${sourceId}`)) events.push(event);
    }
    return events;
  }
}

function manifest(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}`);
  return `${[FORMAT, ...lines].join('\n')}\n`;
}

/** Each that the thread was ever judged by. */
function policiesOf(steps: readonly ReplayStep[]): readonly StatusPolicy[] {
  return [...new Set(steps.map(({ policy }) => policy))];
}

/** As they are after the last step. */
function detailsOf(steps: readonly ReplayStep[]): { readonly slug: string; readonly headline: string } {
  for (const { stored } of steps.toReversed()) {
    const { event } = stored;
    if (event.type === 'ThreadOpened' || event.type === 'ThreadRevised') return event.data;
  }
  return { slug: 'thread', headline: 'Untitled' };
}

function json(value: unknown): Uint8Array {
  return utf8(`${JSON.stringify(value, null, 2)}\n`);
}
