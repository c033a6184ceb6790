import { useSearchParams } from 'wouter';
import type { Lifecycle, ThreadStatus } from '../api/types.js';
import { THREAD_MEANINGS } from '../status/status-meanings.js';
import type { BoardFilter } from './board-query.js';

const LIFECYCLES: readonly Lifecycle[] = ['active', 'closed', 'merged'];

/** The filter lives in the address alone, so that a view can be kept, sent and gone back to. */
export function useBoardFilter(): [BoardFilter, (change: Partial<BoardFilter>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const text = (name: string) => parameters.get(name) ?? '';
  const filter: BoardFilter = {
    q: text('q'),
    status: text('status').split(',').filter(isThreadStatus),
    lifecycle: LIFECYCLES.filter((one) => text('lifecycle').split(',').includes(one)),
    desk: text('desk'),
    topic: text('topic'),
    source: text('source'),
    since: text('since'),
    until: text('until'),
  };
  const change = (changed: Partial<BoardFilter>) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changed)) {
          const joined = Array.isArray(value) ? value.join(',') : String(value);
          if (joined === '') after.delete(name);
          else after.set(name, joined);
        }
        return after;
      },
      { replace: true },
    );
  return [filter, change];
}

function isThreadStatus(text: string): text is ThreadStatus {
  return Object.hasOwn(THREAD_MEANINGS, text);
}
