import type { Lifecycle, ThreadStatus } from '../api/types.js';
import { useAddress } from '../shell/use-address.js';
import { THREAD_MEANINGS } from '../status/status-meanings.js';
import type { BoardFilter } from './board-query.js';

const PARTS = ['q', 'status', 'lifecycle', 'desk', 'topic', 'source', 'since', 'until'] as const;
const LIFECYCLES: readonly Lifecycle[] = ['active', 'closed', 'merged'];

/** The filter lives in the address alone, so that a view can be kept, sent and gone back to. */
export function useBoardFilter(): [BoardFilter, (changed: Partial<BoardFilter>) => void] {
  const [address, setAddress] = useAddress(PARTS);
  const filter: BoardFilter = {
    ...address,
    status: address.status.split(',').filter(isThreadStatus),
    lifecycle: LIFECYCLES.filter((one) => address.lifecycle.split(',').includes(one)),
  };
  const change = ({ status, lifecycle, ...texts }: Partial<BoardFilter>) =>
    setAddress({
      ...texts,
      ...(status !== undefined && { status: status.join(',') }),
      ...(lifecycle !== undefined && { lifecycle: lifecycle.join(',') }),
    });
  return [filter, change];
}

function isThreadStatus(text: string): text is ThreadStatus {
  return Object.hasOwn(THREAD_MEANINGS, text);
}
