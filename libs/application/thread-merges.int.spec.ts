import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventStore, EventStoreUnavailable, type LedgerEvent } from '#event-store';
import { type Newsroom, openNewsroom } from '../../test/newsroom.js';
import { commandContext } from '../../test/tell-story.js';
import type { AttributionInput } from './thread-inputs.js';
import { Threads } from './threads.js';

const reason = 'One story.';

describe('merging threads', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    const facts = { name: 'AFP', kind: 'agency', group: 'agency:afp', trustedConduit: false } as const;
    await newsroom.sources.register({ ...facts, key: 'afp' }, commandContext());
  });
  afterAll(() => newsroom.close());

  let threadsOpened = 0;
  const said = (claim: string, key: string): AttributionInput => ({
    claim,
    key,
    stance: 'report',
    speaker: 'afp',
    via: [],
    onRecord: true,
    vouchedBy: null,
    tentative: false,
    standing: null,
    statedAt: '2023-09-11T00:00:00.000Z',
    quote: null,
    url: null,
    note: null,
  });
  /** A thread with one claim under its slug, and one report of it. */
  const open = async () => {
    const slug = `story-${++threadsOpened}`;
    const claims = [{ key: slug, statement: slug, core: true, standing: [] }];
    const details = { slug, headline: slug, desk: 'desk', topics: [], language: 'en' };
    const attributions = [said(slug, `${slug}-1`)];
    await newsroom.threads.open({ ...details, claims, attributions }, commandContext());
    return slug;
  };
  const pair = async () => [await open(), await open()] as const;
  /** A process of its own whose appends can be held or lost. */
  const processWith = (before: (stream: string, events: readonly LedgerEvent[]) => Promise<void> | void) => {
    const store = Object.create(newsroom.store) as EventStore;
    store.append = async (stream, expected, events) => {
      await before(
        stream,
        events.map(({ event }) => event),
      );
      return newsroom.store.append(stream, expected, events);
    };
    return new Threads(store, newsroom.names, newsroom.sources);
  };
  const process = () => processWith(() => undefined);
  /** Dies when it is about to write the event of that role. */
  const dying = (type: 'ThreadMerged' | 'ThreadUnmerged', role: 'absorbed' | 'survivor') =>
    processWith((_, events) => {
      if (events.some((event) => event.type === type && event.data.role === role)) {
        throw new EventStoreUnavailable('Cut off.');
      }
    });
  const at = async (slug: string) => {
    const current = await process().current(slug);
    return { lifecycle: current?.lifecycle, claims: current?.assessment.claims.size };
  };
  const typesOf = async (slug: string) => {
    const types: string[] = [];
    for await (const { event } of newsroom.store.readStream(`thread-${await newsroom.threads.idOf(slug)}`)) {
      types.push(event.type);
    }
    return types;
  };
  const count = async (slug: string, type: string) => (await typesOf(slug)).filter((other) => other === type).length;
  const barrier = () => {
    let arrive!: () => void;
    let release!: () => void;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    return { arrive, arrived, release, released };
  };

  it('that is cut off between the two streams is completed by its retry, once', async () => {
    const [goes, stays] = await pair();
    const context = commandContext();
    await expect(dying('ThreadMerged', 'survivor').merge(goes, stays, reason, context)).rejects.toThrow('Cut off.');
    expect([await at(goes), await at(stays)]).toEqual([
      { lifecycle: 'merged', claims: 1 },
      { lifecycle: 'active', claims: 1 },
    ]);
    for (const again of [context, context, commandContext()]) await process().merge(goes, stays, reason, again);
    expect(await at(stays)).toEqual({ lifecycle: 'active', claims: 2 });
    expect([await count(goes, 'ThreadMerged'), await count(stays, 'ThreadMerged')]).toEqual([1, 1]);
  });

  it('carries what was recorded at the last moment, with the times that the store gave', async () => {
    const [goes, stays] = await pair();
    const gate = barrier();
    const merging = processWith(async (_, events) => {
      if (events[0]?.type !== 'ThreadMerged' || events[0].data.role !== 'absorbed') return;
      gate.arrive();
      await gate.released;
    }).merge(goes, stays, reason, commandContext());
    await gate.arrived;
    const late = await process().record(goes, said(goes, 'late'), commandContext());
    gate.release();
    await merging;
    const carried = [];
    for await (const { event } of newsroom.store.readStream(`thread-${await newsroom.threads.idOf(stays)}`)) {
      if (event.type === 'ThreadMerged') carried.push(...event.data.claims.flatMap((claim) => claim.attributions));
    }
    expect(carried.map(({ key, recordedAt }) => (key === 'late' ? recordedAt : key))).toEqual([
      `${goes}-1`,
      late.recordedAt,
    ]);
  });

  it('takes in nothing more once it has begun', async () => {
    const [goes, stays] = await pair();
    const gate = barrier();
    const merging = processWith(async (_, events) => {
      if (events[0]?.type !== 'ThreadMerged' || events[0].data.role !== 'survivor') return;
      gate.arrive();
      await gate.released;
    }).merge(goes, stays, reason, commandContext());
    await gate.arrived;
    await expect(process().record(goes, said(goes, 'too-late'), commandContext())).rejects.toMatchObject({
      code: 'thread_merged',
    });
    gate.release();
    await merging;
    expect(await at(stays)).toEqual({ lifecycle: 'active', claims: 2 });
  });

  it('is repeated without harm when the other thread has been closed, or has itself gone into a third', async () => {
    const [goes, stays] = await pair();
    const third = await open();
    const context = commandContext();
    await process().merge(goes, stays, reason, context);
    await process().close(stays, reason, commandContext());
    expect(await process().merge(goes, stays, reason, context)).toMatchObject({ changed: false });
    await process().merge(stays, third, reason, commandContext());
    expect(await process().merge(goes, stays, reason, context)).toMatchObject({ changed: false });
    expect(await at(third)).toEqual({ lifecycle: 'active', claims: 3 });
  });

  it('leaves no thread stranded when two are merged into each other at once', async () => {
    const [one, two] = await pair();
    const [first, second] = [barrier(), barrier()];
    const held = (gate: typeof first) =>
      processWith(async (_, events) => {
        if (events[0]?.type !== 'ThreadMerged' || events[0].data.role !== 'absorbed') return;
        gate.arrive();
        await gate.released;
      });
    const merges = [
      held(first).merge(one, two, reason, commandContext()),
      held(second).merge(two, one, reason, commandContext()),
    ];
    // Each has seen the other active.
    await Promise.all([first.arrived, second.arrived]);
    first.release();
    second.release();
    await Promise.allSettled(merges);
    const lifecycles = [(await at(one)).lifecycle, (await at(two)).lifecycle].toSorted();
    expect([
      ['active', 'active'],
      ['active', 'merged'],
    ]).toContainEqual(lifecycles);
    const claims = (await at(one)).lifecycle === 'active' ? await at(one) : await at(two);
    expect(claims.claims).toBe(lifecycles.includes('merged') ? 2 : 1);
  });

  describe('and undoing it', () => {
    it('that is cut off between the two streams is completed by its retry, once', async () => {
      const [goes, stays] = await pair();
      await process().merge(goes, stays, reason, commandContext());
      await process().record(stays, said(goes, 'since'), commandContext());
      const context = commandContext();
      await expect(dying('ThreadUnmerged', 'absorbed').unmerge(goes, reason, context)).rejects.toThrow('Cut off.');
      expect([await at(goes), await at(stays)]).toEqual([
        { lifecycle: 'merged', claims: 1 },
        { lifecycle: 'active', claims: 1 },
      ]);
      expect(await process().unmerge(goes, reason, context)).toMatchObject({ changed: true });
      expect(await process().unmerge(goes, reason, context)).toMatchObject({ changed: false });
      await expect(process().unmerge(goes, reason, commandContext())).rejects.toMatchObject({
        code: 'thread_not_merged',
      });
      expect([await count(goes, 'ThreadUnmerged'), await count(stays, 'ThreadUnmerged')]).toEqual([1, 1]);
      expect(await process().record(goes, said(goes, 'since'), commandContext())).toMatchObject({ changed: false });
    });

    it('waits for a merge that is not complete, and takes nothing from an earlier one', async () => {
      const [goes, stays] = await pair();
      await process().merge(goes, stays, reason, commandContext());
      await process().unmerge(goes, reason, commandContext());
      await process().record(goes, said(goes, 'between'), commandContext());
      const again = dying('ThreadMerged', 'survivor').merge(goes, stays, reason, commandContext());
      await expect(again).rejects.toThrow('Cut off.');
      await expect(process().unmerge(goes, reason, commandContext())).rejects.toMatchObject({
        code: 'thread_not_merged',
      });
      await process().merge(goes, stays, reason, commandContext());
      await process().unmerge(goes, reason, commandContext());
      expect(await process().record(goes, said(goes, 'between'), commandContext())).toMatchObject({ changed: false });
    });

    it('frees a thread that was cut off on its way into one that cannot take it over any more', async () => {
      const [goes, stays] = await pair();
      const third = await open();
      const merging = dying('ThreadMerged', 'survivor').merge(goes, stays, reason, commandContext());
      await expect(merging).rejects.toThrow('Cut off.');
      await process().merge(stays, third, reason, commandContext());
      await expect(process().merge(goes, stays, reason, commandContext())).rejects.toMatchObject({
        code: 'thread_merged',
      });
      await process().unmerge(goes, reason, commandContext());
      expect(await at(goes)).toEqual({ lifecycle: 'active', claims: 1 });
    });
  });
});
