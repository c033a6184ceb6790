import { type ReactNode, useId, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Source } from '../api/types.js';
import { useTyped } from '../board/use-typed.js';
import { Ago } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { FailureScreen } from '../shell/failure-screen.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { useAddress } from '../shell/use-address.js';
import { useTitle } from '../shell/use-title.js';
import { Waiting } from '../shell/waiting.js';
import { RegisterSourceDialog } from './register-source-dialog.js';
import { nameOf } from './source-picker.js';
import { type SourceFilter, useSourceList } from './source-queries.js';
import { SourceTags } from './source-tags.js';
import { isSourceKind, KIND_WORDS, KINDS } from './source-words.js';
import './sources.css';

/** Everybody who is quoted here, or carries what others say. */
export function SourcesScreen() {
  useTitle('Sources');
  const [, navigate] = useLocation();
  const [address, change] = useAddress(['name', 'kind', 'group']);
  const filter: SourceFilter = { ...address, kind: isSourceKind(address.kind) ? address.kind : '' };
  const [registering, setRegistering] = useState(false);
  const mayRegister = useMay('reporter');
  const sources = useSourceList(filter);
  return (
    <article className="sources">
      <header>
        <h1>Sources</h1>
        {mayRegister && (
          <button type="button" className="primary no-print" onClick={() => setRegistering(true)}>
            Register a source
          </button>
        )}
      </header>
      <Filters filter={filter} change={change} />
      {sources.data === undefined ? (
        sources.error === null ? (
          <Waiting what="the sources" />
        ) : (
          <FailureScreen error={sources.error} />
        )
      ) : sources.data.length === 0 ? (
        <p className="waiting" role="status">
          {isNarrowed(filter) ? 'No source matches these filters.' : 'No source has been registered yet.'}
        </p>
      ) : (
        <SourceTable sources={sources.data} />
      )}
      {sources.hasNextPage && (
        <p className="no-print">
          <button type="button" disabled={sources.isFetchingNextPage} onClick={() => void sources.fetchNextPage()}>
            More sources
          </button>
        </p>
      )}
      {registering && (
        <RegisterSourceDialog
          onClose={() => setRegistering(false)}
          onRegistered={(sourceId) => navigate(`/sources/${sourceId}`)}
        />
      )}
    </article>
  );
}

function isNarrowed({ name, kind, group }: SourceFilter): boolean {
  return name + kind + group !== '';
}

interface FiltersProps {
  readonly filter: SourceFilter;
  readonly change: (changed: Partial<SourceFilter>) => void;
}

function Filters({ filter, change }: FiltersProps) {
  const [name, typeName] = useTyped(filter.name, (text) => change({ name: text }));
  const [group, typeGroup] = useTyped(filter.group, (text) => change({ group: text }));
  return (
    <search className="filters no-print">
      <FilterField label="Name">
        {(id) => (
          <input
            id={id}
            type="search"
            value={name}
            maxLength={200}
            placeholder="Part of a name"
            onChange={({ target }) => typeName(target.value)}
          />
        )}
      </FilterField>
      <FilterField label="Kind">
        {(id) => (
          <select
            id={id}
            value={filter.kind}
            onChange={({ target }) => change({ kind: target.value as SourceFilter['kind'] })}
          >
            <option value="">Any</option>
            {KINDS.map(([kind, word]) => (
              <option key={kind} value={kind}>
                {word}
              </option>
            ))}
          </select>
        )}
      </FilterField>
      <FilterField label="Group">
        {(id) => (
          <input
            id={id}
            value={group}
            maxLength={120}
            placeholder="Such as government:ru"
            onChange={({ target }) => typeGroup(target.value)}
          />
        )}
      </FilterField>
    </search>
  );
}

interface FilterFieldProps {
  readonly label: string;
  readonly children: (id: string) => ReactNode;
}

function FilterField({ label, children }: FilterFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function SourceTable({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <ScrollTable label="Sources">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          <th scope="col">Group</th>
          <th scope="col">Rating</th>
          <th scope="col">Quoted</th>
          <th scope="col">Carried</th>
          <th scope="col">Last heard of</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <SourceRow key={source.sourceId} source={source} />
        ))}
      </tbody>
    </ScrollTable>
  );
}

function SourceRow({ source }: { readonly source: Source }) {
  const { sourceId, kind, group, rating, spoken, carried, lastAttributionAt } = source;
  return (
    <tr>
      <th scope="row">
        <Link href={`/sources/${sourceId}`}>{nameOf(source)}</Link> <SourceTags source={source} />
      </th>
      <td>{kind !== null && KIND_WORDS[kind]}</td>
      <td>{group !== null && <Link href={`/sources?group=${encodeURIComponent(group)}`}>{group}</Link>}</td>
      <td>{rating ?? '–'}</td>
      <td>{spoken.report + spoken.confirm + spoken.deny + spoken.no_comment}</td>
      <td>{carried}</td>
      <td>{lastAttributionAt === null ? 'never' : <Ago at={lastAttributionAt} />}</td>
    </tr>
  );
}
