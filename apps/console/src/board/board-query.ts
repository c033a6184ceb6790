import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Lifecycle, Thread, ThreadStatus } from '../api/types.js';
import { afterWritten } from '../api/written.js';

/** What the board shows, as it stands in its address. */
export interface BoardFilter {
  readonly q: string;
  readonly status: readonly ThreadStatus[];
  readonly lifecycle: readonly Lifecycle[];
  readonly desk: string;
  readonly topic: string;
  readonly source: string;
  /** A day, such as 2023-09-11, in the reader's time zone; '' for none. */
  readonly since: string;
  readonly until: string;
}

const PAGE = 200;

export function useBoard(filter: BoardFilter) {
  return useInfiniteQuery({
    queryKey: ['board', filter],
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET('/v1/threads', { params: { query: { ...asked(filter), ...pageParam } }, signal })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }): readonly Thread[] => pages.flatMap(({ items }) => items),
    placeholderData: (before) => before,
  });
}

function asked({ q, status, lifecycle, desk, topic, source, since, until }: BoardFilter) {
  return {
    limit: PAGE,
    ...afterWritten(),
    ...(q !== '' && { q }),
    ...(status.length > 0 && { status: [...status] }),
    ...(lifecycle.length > 0 && { lifecycle: [...lifecycle] }),
    ...(desk !== '' && { desk }),
    ...(topic !== '' && { topic }),
    ...(source !== '' && { source }),
    ...(since !== '' && { changedSince: new Date(`${since}T00:00:00`).toISOString() }),
    ...(until !== '' && { changedUntil: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}
