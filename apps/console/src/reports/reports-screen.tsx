import { useId } from 'react';
import type { ReportInterval } from '../api/types.js';
import { useTyped } from '../board/use-typed.js';
import { useMay } from '../session/session.js';
import { useTitle } from '../shell/use-title.js';
import { AccessSection } from './access-section.js';
import { REPORT_INTERVALS, type ReportFilter, scopeOf, useReportFilter } from './report-filter.js';
import { ReportSection } from './report-section.js';
import {
  DENIALS,
  ECHOES,
  IMPORTS,
  OPEN_QUESTIONS,
  REFUSALS,
  REVERSALS,
  SECOND_SOURCE,
  SETTLING,
  STATUS,
  TAKE_BACKS,
  THROUGHPUT,
} from './report-specs.js';
import './reports.css';

export function ReportsScreen() {
  useTitle('Reports');
  const [filter, change] = useReportFilter();
  const isEditor = useMay('editor');
  return (
    <article className="reports">
      <h1>Reports</h1>
      {isEditor ? (
        <>
          <Filters filter={filter} change={change} />
          <p className="no-print">
            <a href={`/v1/reports/standards?${new URLSearchParams(scopeOf(filter))}`}>
              Standards report of this period, on one page to print
            </a>
          </p>
          <ReportSection spec={STATUS} filter={filter} />
          <ReportSection spec={OPEN_QUESTIONS} filter={filter} />
          <ReportSection spec={SECOND_SOURCE} filter={filter} />
          <ReportSection spec={SETTLING} filter={filter} />
          <ReportSection spec={REVERSALS} filter={filter} />
          <ReportSection spec={DENIALS} filter={filter} />
          <ReportSection spec={TAKE_BACKS} filter={filter} />
          <ReportSection spec={ECHOES} filter={filter} />
          <ReportSection spec={REFUSALS} filter={filter} />
          <ReportSection spec={THROUGHPUT} filter={filter} />
          <ReportSection spec={IMPORTS} filter={filter} />
          <AccessSection filter={filter} />
        </>
      ) : (
        <p className="heed">Reports are for editors and administrators. Your key has another role.</p>
      )}
    </article>
  );
}

interface FiltersProps {
  readonly filter: ReportFilter;
  readonly change: (changed: Partial<ReportFilter>) => void;
}

function Filters({ filter, change }: FiltersProps) {
  const id = useId();
  const [desk, typeDesk] = useTyped(filter.desk, (text) => change({ desk: text }));
  const [topic, typeTopic] = useTyped(filter.topic, (text) => change({ topic: text }));
  const field = (name: string, label: string, control: (id: string) => React.ReactNode) => (
    <div className="field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      {control(`${id}-${name}`)}
    </div>
  );
  return (
    <search className="fields no-print">
      {field('from', 'From (UTC)', (key) => (
        <input id={key} type="date" value={filter.from} onChange={({ target }) => change({ from: target.value })} />
      ))}
      {field('to', 'To (UTC)', (key) => (
        <input id={key} type="date" value={filter.to} onChange={({ target }) => change({ to: target.value })} />
      ))}
      {field('interval', 'Intervals', (key) => (
        <select
          id={key}
          value={filter.interval}
          onChange={({ target }) => change({ interval: target.value as ReportInterval })}
        >
          {REPORT_INTERVALS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ))}
      {field('desk', 'Desk', (key) => (
        <input
          id={key}
          value={desk}
          maxLength={60}
          placeholder="Any"
          onChange={({ target }) => typeDesk(target.value)}
        />
      ))}
      {field('topic', 'Topic', (key) => (
        <input
          id={key}
          value={topic}
          maxLength={60}
          placeholder="Any"
          onChange={({ target }) => typeTopic(target.value)}
        />
      ))}
    </search>
  );
}
