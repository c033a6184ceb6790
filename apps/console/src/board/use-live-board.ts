import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { answer, api } from '../api/client.js';
import type { ThreadPage } from '../api/types.js';
import { useLive } from '../live/live-feed.js';

/** Up to here the whole board is read again; beyond, only the row that changed. */
const PAGES_READ_AGAIN = 2;
const PAUSE_MS = 300;

/** Keeps the board as it is on the server while others work. */
export function useLiveBoard(): void {
  const queries = useQueryClient();
  const waiting = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const freshen = async () => {
    timer.current = undefined;
    const changed = [...waiting.current];
    waiting.current.clear();
    const boards = queries.getQueriesData<InfiniteData<ThreadPage>>({ queryKey: ['board'], type: 'active' });
    if (boards.every(([, data]) => (data?.pages.length ?? 0) <= PAGES_READ_AGAIN)) {
      await queries.invalidateQueries({ queryKey: ['board'] });
      return;
    }
    for (const thread of changed) {
      const { claims: _, ...fresh } = await answer(api.GET('/v1/threads/{thread}', { params: { path: { thread } } }));
      queries.setQueriesData<InfiniteData<ThreadPage>>({ queryKey: ['board'] }, (data) => data && patched(data, fresh));
    }
  };
  useLive(({ threadId }) => {
    if (threadId === null) return;
    waiting.current.add(threadId);
    timer.current ??= setTimeout(() => void freshen().catch(() => undefined), PAUSE_MS);
  });
}

function patched(data: InfiniteData<ThreadPage>, fresh: ThreadPage['items'][number]): InfiniteData<ThreadPage> {
  const swap = (row: typeof fresh) => (row.threadId === fresh.threadId ? fresh : row);
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(swap) })) };
}
