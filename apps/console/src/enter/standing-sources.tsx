import { useFieldFaults } from '../forms/field.js';
import { nameOf, SourcePicker } from '../sources/source-picker.js';
import { useSources } from '../sources/source-queries.js';

interface StandingProps {
  /** Ids of sources. */
  readonly value: readonly string[];
  readonly onChange: (sources: readonly string[]) => void;
}

/** Sources that are parties or authorities for a claim. */
export function StandingSources({ value, onChange }: StandingProps) {
  const sources = useSources(value);
  const faults = useFieldFaults('/standing');
  return (
    <fieldset className="carriers">
      <legend>Parties and authorities</legend>
      {value.map((id) => (
        <span key={id}>
          {nameOf(sources.get(id)) || id}{' '}
          <button
            type="button"
            className="quiet"
            aria-label={`Remove ${nameOf(sources.get(id))}`}
            onClick={() => onChange(value.filter((other) => other !== id))}
          >
            Remove
          </button>
        </span>
      ))}
      <SourcePicker
        key={value.length}
        label="Add one"
        value=""
        placeholder="Type a name"
        invalid={faults.length > 0}
        onPicked={(source) => {
          if (source !== null && !value.includes(source.sourceId)) onChange([...value, source.sourceId]);
        }}
      />
      {faults.length > 0 && <p className="fault">{faults.join(' ')}</p>}
    </fieldset>
  );
}
