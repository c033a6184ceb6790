import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import { Moment } from '../moments/moment.js';

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
  return (
    <ul>
      {data.items.map(({ revision: at, recordedAt, actor, sentence }) => (
        <li key={at}>
          {sentence.replaceAll('->', '→')}{' '}
          <span className="hint">
            recorded by {actor.name}, <Moment at={recordedAt} />
          </span>
        </li>
      ))}
      {data.next !== null && <li>and more</li>}
    </ul>
  );
}
