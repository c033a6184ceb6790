import { Link } from 'wouter';
import type { Source } from '../api/types.js';
import { ChangeList } from '../forms/change-list.js';
import { Moment } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import { SourceActions } from './source-actions.js';
import { nameOf } from './source-picker.js';
import { useSource, useSourceHistory, useSourceList, useTrackRecord } from './source-queries.js';
import { SourceTags } from './source-tags.js';
import { KIND_WORDS, RATING_WORDS } from './source-words.js';
import './sources.css';

export function SourceScreen({ source }: { readonly source: string }) {
  const { data, error } = useSource(source);
  if (data !== undefined) return <SourcePage source={data} />;
  return error === null ? <Waiting what="the source" /> : <FailureScreen error={error} />;
}

function SourcePage({ source }: { readonly source: Source }) {
  useTitle(nameOf(source));
  const isEditor = useMay('editor');
  const { sourceId, key, kind, group, rating } = source;
  return (
    <article className="source">
      <header>
        <p className="about">
          <Link href="/sources">Sources</Link>
          {kind !== null && <span>{KIND_WORDS[kind]}</span>}
          {key !== null && <code>{key}</code>}
        </p>
        <h1>{nameOf(source)}</h1>
        <p>
          <SourceTags source={source} />{' '}
          <span className="hint">{rating === null ? 'Not rated' : `Rated ${RATING_WORDS[rating]}`}</span>
        </p>
      </header>
      <SourceActions source={source} />
      <Counts source={source} />
      {group !== null && <Group group={group} except={sourceId} />}
      {isEditor && <TrackRecord source={source} />}
      <History sourceId={sourceId} />
    </article>
  );
}

function Counts({ source }: { readonly source: Source }) {
  const { sourceId, spoken, carried, retracted, corrected, voided, lastAttributionAt } = source;
  const counts = [
    ['Reported', spoken.report],
    ['Confirmed', spoken.confirm],
    ['Denied', spoken.deny],
    ['Declined to comment', spoken.no_comment],
    ['Carried for others', carried],
    ['Retracted', retracted],
    ['Corrected', corrected],
    ['Voided: our slips', voided],
  ] as const;
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">What is recorded of it</h2>
      <dl className="counts">
        {counts.map(([word, count]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        {lastAttributionAt === null ? (
          'Nothing yet.'
        ) : (
          <>
            Last recorded <Moment at={lastAttributionAt} />.{' '}
            <Link href={`/?source=${sourceId}`}>Threads in which it spoke</Link>
          </>
        )}
      </p>
    </section>
  );
}

function Group({ group, except }: { readonly group: string; readonly except: string }) {
  const { data = [], hasNextPage } = useSourceList({ name: '', kind: '', group });
  const others = data.filter(({ sourceId }) => sourceId !== except);
  return (
    <section aria-labelledby="group">
      <h2 id="group">
        Group <code>{group}</code>
      </h2>
      {others.length === 0 ? (
        <p className="hint">No other source shares this voice.</p>
      ) : (
        <>
          <p>Together with these it counts as one voice:</p>
          <ul className="others">
            {others.map((other) => (
              <li key={other.sourceId}>
                <Link href={`/sources/${other.sourceId}`}>{nameOf(other)}</Link>
              </li>
            ))}
            {hasNextPage && (
              <li>
                <Link href={`/sources?group=${encodeURIComponent(group)}`}>and more</Link>
              </li>
            )}
          </ul>
        </>
      )}
    </section>
  );
}

function TrackRecord({ source }: { readonly source: Source }) {
  const { data, error } = useTrackRecord(source.sourceId);
  return (
    <section aria-labelledby="track-record">
      <h2 id="track-record">Track record of its denials</h2>
      {error !== null ? (
        <p className="refusal" role="alert">
          {error.message}
        </p>
      ) : data === undefined ? (
        <p className="hint">Counting …</p>
      ) : data === null ? (
        <p className="hint">No denial of it is recorded.</p>
      ) : (
        <p>
          It denied {data.cases === 1 ? '1 claim' : `${data.cases} claims`}; others later confirmed{' '}
          <strong>{data.laterConfirmed}</strong> of {data.cases === 1 ? 'it' : 'them'}.{' '}
          {data.small && <span className="tag">few cases</span>}
        </p>
      )}
      <p className="hint">
        <Link href="/reports">Reports</Link> set it beside the denials of others, and say how it is counted.
      </p>
    </section>
  );
}

function History({ sourceId }: { readonly sourceId: string }) {
  const { data, error, hasNextPage, fetchNextPage } = useSourceHistory(sourceId);
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      {error !== null && (
        <p className="refusal" role="alert">
          {error.message}
        </p>
      )}
      {data !== undefined && <ChangeList changes={data} />}
      {hasNextPage && (
        <p className="no-print">
          <button type="button" onClick={() => void fetchNextPage()}>
            More of its history
          </button>
        </p>
      )}
    </section>
  );
}
