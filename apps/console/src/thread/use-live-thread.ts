import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLive } from '../live/live-feed.js';

const PAUSE_MS = 150;
/** A reader's feed tells of changed statuses only; whatever else is recorded is looked for. */
const LOOK_EVERY_MS = 30_000;

/** Keeps what is shown of a thread as it is on the server while others work on it. */
export function useLiveThread(threadId: string, thread: string): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const freshen = () => void queries.invalidateQueries({ queryKey: ['thread', thread] });
  useLive((item) => {
    if (item.threadId !== threadId) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(freshen, PAUSE_MS);
  });
  useEffect(() => {
    const regular = setInterval(() => void queries.invalidateQueries({ queryKey: ['thread', thread] }), LOOK_EVERY_MS);
    return () => clearInterval(regular);
  }, [queries, thread]);
}
