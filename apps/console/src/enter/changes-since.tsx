import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import { ChangeList } from '../forms/change-list.js';

const MOST = 20;

interface ChangesProps {
  readonly thread: string;
  /** What the form rested on. */
  readonly revision: string;
}

/** What others recorded after a revision, in words. */
export function ChangesSince({ thread, revision }: ChangesProps) {
  const from = (BigInt(revision) + 1n).toString();
  const { data } = useQuery({
    queryKey: ['thread', thread, 'since', from],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/threads/{thread}/replay', { params: { path: { thread }, query: { from, limit: MOST } }, signal }),
      ),
  });
  if (data === undefined || typeof data === 'string') return null;
  return <ChangeList changes={data.items} hasMore={data.next !== null} />;
}
