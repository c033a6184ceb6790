import { Moment } from '../moments/moment.js';

interface Change {
  readonly revision: string;
  readonly sentence: string;
  readonly reason?: string | null;
  readonly recordedAt: string;
  readonly actor: { readonly name: string };
}

interface ListProps {
  readonly changes: readonly Change[];
  readonly hasMore?: boolean;
}

/** What was recorded, in words, by whom and when. */
export function ChangeList({ changes, hasMore = false }: ListProps) {
  return (
    <ul className="changes">
      {changes.map(({ revision, sentence, reason, recordedAt, actor }) => (
        <li key={revision}>
          {sentence.replaceAll('->', '→')}
          {reason && <q>{reason}</q>}{' '}
          <span className="hint">
            recorded by {actor.name}, <Moment at={recordedAt} />
          </span>
        </li>
      ))}
      {hasMore && <li>and more</li>}
    </ul>
  );
}
