import { describe, it } from 'vitest';
import { closed, confirmed, opened, talks, talksOpened, visit, visitOpened } from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import { moment } from '../testing/words.js';
import type { PublishPiece } from './thread.commands.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';

const { given } = specOf(threadDecider);
const reason = 'The claim fell.';
const publish: PublishPiece = {
  type: 'PublishPiece',
  publicationId: 'publication-1',
  piece: 'https://news.example/kim-in-russia',
  title: 'Kim is going to Russia',
  publishedAt: moment(9),
  revision: null,
  reliesOn: null,
};
const published: ThreadEvent = {
  type: 'PiecePublished',
  data: {
    publicationId: 'publication-1',
    piece: 'https://news.example/kim-in-russia',
    title: 'Kim is going to Russia',
    publishedAt: moment(9),
    pinnedRevision: '3',
    reliesOn: [visit.claimId],
  },
};
const told = [opened, visitOpened, talksOpened, confirmed] as const;

describe('publishing a piece', () => {
  it('pins it to the thread as it stands, and to the core claims that are firm', () => {
    given(...told)
      .when(publish)
      .then(published);
  });
  it('pins it to an earlier revision and to claims of one’s own choice', () => {
    given(...told)
      .when({ ...publish, revision: 2n, reliesOn: [talks.claimId] })
      .then({ ...published, data: { ...published.data, pinnedRevision: '2', reliesOn: [talks.claimId] } });
  });
  it('adds nothing when a tool sends it twice under two ids', () => {
    given(...told, published)
      .when({ ...publish, publicationId: 'publication-2' })
      .thenNothing();
  });
  it('is a publication of its own when the piece goes out changed', () => {
    given(...told, published)
      .when({ ...publish, publicationId: 'publication-2', publishedAt: moment(20) })
      .then({
        ...published,
        data: { ...published.data, publicationId: 'publication-2', publishedAt: moment(20), pinnedRevision: '4' },
      });
  });
  it('refuses a revision to come and a claim of another thread', () => {
    given(...told)
      .when({ ...publish, revision: 4n })
      .thenRefuses('revision_ahead', '/revision');
    given(...told)
      .when({ ...publish, reliesOn: [visit.claimId, 'another'] })
      .thenRefuses('claim_not_found', '/claims/1');
  });
  it('goes on when the thread is closed, and belongs to the survivor when it is merged', () => {
    given(...told, closed)
      .when(publish)
      .then({ ...published, data: { ...published.data, pinnedRevision: '4' } });
    const merged: ThreadEvent = {
      type: 'ThreadMerged',
      data: {
        role: 'absorbed',
        otherThreadId: 'other',
        absorbedRevision: '3',
        claims: [],
        exclusiveSets: [],
        reason,
      },
    };
    given(...told, merged)
      .when(publish)
      .thenRefuses('thread_merged');
    given(...told, published, merged)
      .when({ type: 'WithdrawPiece', publicationId: 'publication-1', reason })
      .then({ type: 'PieceWithdrawn', data: { publicationId: 'publication-1', reason } });
  });
});

describe('withdrawing a piece', () => {
  it('is recorded once', () => {
    given(...told, published)
      .when({ type: 'WithdrawPiece', publicationId: 'publication-1', reason })
      .then({ type: 'PieceWithdrawn', data: { publicationId: 'publication-1', reason } });
  });
  it('lets the same piece be published again', () => {
    given(...told, published, { type: 'PieceWithdrawn', data: { publicationId: 'publication-1', reason } })
      .when({ ...publish, publicationId: 'publication-2' })
      .then({ ...published, data: { ...published.data, publicationId: 'publication-2', pinnedRevision: '5' } });
  });
  it('refuses what was never published', () => {
    given(...told)
      .when({ type: 'WithdrawPiece', publicationId: 'publication-1', reason })
      .thenRefuses('publication_not_found');
  });
});
