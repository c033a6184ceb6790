import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ThreadCommand, type ThreadEvent, type ThreadState, threadDecider } from '#domain';
import { newId } from '#platform';
import { type Newsroom, openNewsroom } from '../../test/newsroom.js';
import { commandContext } from '../../test/tell-story.js';
import { StreamWriter } from './stream-writer.js';

const details = { slug: 'a-thread', headline: 'A headline', desk: 'desk', topics: [], language: 'en' };
const reason = 'Because.';
const close: ThreadCommand = { type: 'CloseThread', reason };
const reopen: ThreadCommand = { type: 'ReopenThread', reason };

describe('a command that is sent again', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
  });
  afterAll(() => newsroom.close());

  type Writer = StreamWriter<ThreadState, ThreadCommand, ThreadEvent>;
  const writerOf = (): Writer => new StreamWriter(newsroom.store, threadDecider);
  const lifecycle = (state: ThreadState) => state.lifecycle;
  const claim = (key: string): ThreadCommand => ({
    type: 'OpenClaim',
    claim: { claimId: newId(), key, statement: key, core: true, standing: [] },
  });
  const open = async (writer: Writer) => {
    const threadId = newId();
    const command: ThreadCommand = {
      type: 'OpenThread',
      threadId,
      details,
      policy: 'standard-1',
      claims: [],
      attributions: [],
    };
    await writer.execute(`thread-${threadId}`, command, commandContext(), () => null);
    return `thread-${threadId}`;
  };
  const typesOf = async (stream: string) => {
    const types: string[] = [];
    for await (const { event } of newsroom.store.readStream(stream)) types.push(event.type);
    return types;
  };
  /** Closed by a command that will be sent again, and opened again by another. */
  const closedAndReopened = async (writer: Writer, closing = commandContext()) => {
    const stream = await open(writer);
    await writer.execute(stream, close, closing, lifecycle);
    await writer.execute(stream, reopen, commandContext(), lifecycle);
    return { stream, closing };
  };

  it.each(['the same process', 'another process'])(
    'by %s is not carried out again once it has been undone',
    async (by) => {
      const writer = writerOf();
      const { stream, closing } = await closedAndReopened(writer);
      const again = by === 'the same process' ? writer : writerOf();
      expect(await again.execute(stream, close, closing, lifecycle)).toMatchObject({
        changed: false,
        revision: 2n,
        view: 'active',
      });
      expect(await again.execute(stream, claim('next'), commandContext(), lifecycle)).toMatchObject({ revision: 3n });
      expect(await typesOf(stream)).toEqual(['ThreadOpened', 'ThreadClosed', 'ThreadReopened', 'ClaimOpened']);
    },
  );

  it('takes nothing from the commands that come with it', async () => {
    const writer = writerOf();
    const { stream, closing } = await closedAndReopened(writer);
    const [retry, ...others] = await Promise.all([
      writer.execute(stream, { type: 'ReviseThread', changes: { desk: 'other' } }, commandContext(), lifecycle),
      ...Array.from({ length: 20 }, (_, n) =>
        writer.execute(stream, claim(`before-${n}`), commandContext(), lifecycle),
      ),
      writer.execute(stream, close, closing, lifecycle),
      // Decided on the closed thread that the retry seems to leave behind.
      ...Array.from({ length: 20 }, (_, n) => writer.execute(stream, claim(`after-${n}`), commandContext(), lifecycle)),
    ]);
    expect(retry?.changed).toBe(true);
    expect(others.map(({ changed }) => changed)).toEqual(Array.from({ length: 41 }, (_, n) => n !== 20));
    expect(await typesOf(stream)).toHaveLength(3 + 41);
    expect(new Set((await typesOf(stream)).slice(3))).toEqual(new Set(['ThreadRevised', 'ClaimOpened']));
  });

  it('is no refusal when all that the rules have against it is itself', async () => {
    const writer = writerOf();
    const stream = await open(writer);
    await writer.execute(stream, close, commandContext(), lifecycle);
    const reopening = commandContext();
    await writer.execute(stream, reopen, reopening, lifecycle);
    for (const again of [writer, writerOf()]) {
      expect(await again.execute(stream, reopen, reopening, lifecycle)).toMatchObject({
        changed: false,
        view: 'active',
      });
      await expect(again.execute(stream, reopen, commandContext(), lifecycle)).rejects.toMatchObject({
        code: 'thread_not_closed',
      });
    }
  });

  it('under If-Match finds its first try, whatever has come since', async () => {
    const writer = writerOf();
    const { stream, closing } = await closedAndReopened(writer, { ...commandContext(), expectedRevision: 0n });
    for (const again of [writer, writerOf()]) {
      expect(await again.execute(stream, close, closing, lifecycle)).toMatchObject({ changed: false, view: 'active' });
    }
    expect(await typesOf(stream)).toEqual(['ThreadOpened', 'ThreadClosed', 'ThreadReopened']);
  });

  it('leaves in memory what the log holds: a source that was revised twice keeps its second group', async () => {
    const { sources } = newsroom;
    const facts = { name: 'TASS', kind: 'agency', group: 'first', trustedConduit: false } as const;
    const { sourceId } = await sources.register({ ...facts, key: 'tass' }, commandContext());
    const revising = commandContext();
    await sources.revise('tass', { group: 'second' }, null, revising);
    await sources.revise('tass', { group: 'third' }, null, commandContext());
    expect(await sources.revise('tass', { group: 'second' }, null, revising)).toMatchObject({ changed: false });
    expect(await sources.snapshot(sourceId)).toMatchObject({ group: 'third' });
  });
});
