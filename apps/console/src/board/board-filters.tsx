import { useId, useState } from 'react';
import type { Lifecycle, Thread, ThreadStatus } from '../api/types.js';
import { SourcePicker } from '../sources/source-picker.js';
import { StatusGlyph } from '../status/status-glyph.js';
import { THREAD_MEANINGS } from '../status/status-meanings.js';
import type { BoardFilter } from './board-query.js';
import { useTyped } from './use-typed.js';

interface FiltersProps {
  readonly filter: BoardFilter;
  readonly change: (change: Partial<BoardFilter>) => void;
  /** What is shown: its desks and topics are offered. */
  readonly threads: readonly Thread[];
}

const STATUSES = Object.keys(THREAD_MEANINGS) as ThreadStatus[];

export function BoardFilters({ filter, change, threads }: FiltersProps) {
  const [moreOpen, setMoreOpen] = useState(
    filter.desk + filter.topic + filter.source + filter.since + filter.until !== '',
  );
  const isNarrowed = Object.values(filter).some((value) => value.length > 0);
  return (
    <search className="board-filters no-print">
      <TypedField label="Search" type="search" value={filter.q} onTyped={(q) => change({ q })} />
      <fieldset className="statuses">
        <legend className="visually-hidden">Status</legend>
        {STATUSES.map((status) => (
          <StatusToggle
            key={status}
            status={status}
            on={filter.status.includes(status)}
            onToggle={() => change({ status: toggled(filter.status, status) })}
          />
        ))}
      </fieldset>
      <details open={moreOpen} onToggle={(event) => setMoreOpen(event.currentTarget.open)}>
        <summary>Desk, topic, source, time</summary>
        <div className="fields">
          <TypedField
            label="Desk"
            value={filter.desk}
            offers={threads.map(({ desk }) => desk)}
            onTyped={(desk) => change({ desk })}
          />
          <TypedField
            label="Topic"
            value={filter.topic}
            offers={threads.flatMap(({ topics }) => topics)}
            onTyped={(topic) => change({ topic })}
          />
          <SourcePicker
            label="Source that spoke"
            value={filter.source}
            onPicked={(source) => change({ source: source?.sourceId ?? '' })}
          />
          <LifecycleSelect value={filter.lifecycle} onPicked={(lifecycle) => change({ lifecycle })} />
          <DayField label="Changed since" value={filter.since} onPicked={(since) => change({ since })} />
          <DayField label="Changed until" value={filter.until} onPicked={(until) => change({ until })} />
        </div>
      </details>
      {isNarrowed && (
        <button type="button" className="quiet" onClick={() => change(EVERYTHING)}>
          Clear all filters
        </button>
      )}
    </search>
  );
}

const EVERYTHING: BoardFilter = {
  q: '',
  status: [],
  lifecycle: [],
  desk: '',
  topic: '',
  source: '',
  since: '',
  until: '',
};

function toggled<T>(all: readonly T[], one: T): readonly T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}

interface StatusToggleProps {
  readonly status: ThreadStatus;
  readonly on: boolean;
  readonly onToggle: () => void;
}

function StatusToggle({ status, on, onToggle }: StatusToggleProps) {
  const { word, says } = THREAD_MEANINGS[status];
  return (
    <button type="button" className={`chip tone-${status}`} aria-pressed={on} title={says} onClick={onToggle}>
      <StatusGlyph status={status} />
      {word}
    </button>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly type?: 'search' | 'text';
  readonly value: string;
  readonly offers?: readonly string[];
  readonly onTyped: (text: string) => void;
}

function TypedField({ label, type = 'text', value, offers = [], onTyped }: TypedFieldProps) {
  const id = useId();
  const [text, type_] = useTyped(value, onTyped);
  return (
    <div className={type === 'search' ? 'field search-field' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={text}
        maxLength={200}
        placeholder={type === 'search' ? 'Words of headlines, claims and quotes' : 'Any'}
        {...(offers.length > 0 && { list: `${id}-offers` })}
        onChange={(event) => type_(event.target.value)}
      />
      <datalist id={`${id}-offers`}>
        {[...new Set(offers)].sort().map((offer) => (
          <option key={offer} value={offer} />
        ))}
      </datalist>
    </div>
  );
}

interface LifecycleProps {
  readonly value: readonly Lifecycle[];
  readonly onPicked: (lifecycle: readonly Lifecycle[]) => void;
}

function LifecycleSelect({ value, onPicked }: LifecycleProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Lifecycle</label>
      <select
        id={id}
        value={value.join(',')}
        onChange={({ target }) => onPicked(target.value === '' ? [] : (target.value.split(',') as Lifecycle[]))}
      >
        <option value="">All</option>
        <option value="active">Active</option>
        <option value="closed">Closed</option>
        <option value="merged">Merged into another</option>
      </select>
    </div>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onPicked: (day: string) => void;
}

function DayField({ label, value, onPicked }: DayFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="date" value={value} onChange={(event) => onPicked(event.target.value)} />
    </div>
  );
}
