import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { answer, api } from '../api/client.js';
import { momentText } from '../moments/moment.js';
import type { Stop } from './stops.js';

interface DiffProps {
  readonly thread: string;
  /** Of the thread now. */
  readonly revision: string;
  readonly stops: readonly Stop[];
}

/** What is different between any two moments, in words. */
export function DiffPanel({ thread, revision, stops }: DiffProps) {
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState<number | null>(null);
  const last = to ?? stops.length;
  const { data, error } = useQuery({
    queryKey: ['thread', thread, 'diff', stops[from]?.moment, stops[last]?.moment, revision],
    queryFn: ({ signal }) => {
      const query = { ...firstView(stops[from], revision), ...secondView(stops[last]) };
      return answer(api.GET('/v1/threads/{thread}/diff', { params: { path: { thread }, query }, signal }));
    },
    enabled: open,
    placeholderData: (before) => before,
  });
  return (
    <details className="diff" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What is different between two moments</summary>
      <div className="pair">
        <StopSelect label="From" stops={stops} value={from} onChange={setFrom} />
        <StopSelect label="To" stops={stops} value={last} onChange={setTo} />
      </div>
      {error !== null && <p className="refusal">{error.message}</p>}
      {data !== undefined && (
        <ul aria-live="polite">
          {data.text.length === 0 && <li>Nothing: everything stands as before.</li>}
          {data.text.map((line) => (
            <li key={line}>{line.replaceAll('->', '→')}</li>
          ))}
        </ul>
      )}
    </details>
  );
}

function firstView(stop: Stop | undefined, now: string) {
  if (stop === undefined) return { from: now };
  return 'revision' in stop.moment
    ? { from: stop.moment.revision }
    : { from: now, statedFrom: stop.moment.statedUntil };
}

function secondView(stop: Stop | undefined) {
  if (stop === undefined) return {};
  return 'revision' in stop.moment ? { to: stop.moment.revision } : { statedTo: stop.moment.statedUntil };
}

interface SelectProps {
  readonly label: string;
  readonly stops: readonly Stop[];
  readonly value: number;
  readonly onChange: (index: number) => void;
}

function StopSelect({ label, stops, value, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={({ target }) => onChange(Number(target.value))}>
        {stops.map(({ at, sentences }, index) => (
          <option key={`${at} ${sentences.join()}`} value={index}>
            {`${index + 1}. ${momentText(at)}: ${sentences.join('; ')}`.slice(0, 120)}
          </option>
        ))}
        <option value={stops.length}>Now</option>
      </select>
    </div>
  );
}
