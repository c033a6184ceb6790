import type { Bound } from '../forms/draft.js';
import { SourceField } from '../sources/source-field.js';
import { nameOf } from '../sources/source-picker.js';
import { useSources } from '../sources/source-queries.js';

/** Sources that are parties or authorities for a claim, by id. */
export function StandingSources({ pointer, value, onChange }: Bound<readonly string[]>) {
  const sources = useSources(value);
  return (
    <fieldset className="carriers">
      <legend>Parties and authorities</legend>
      {value.length > 0 && (
        <ul className="picked">
          {value.map((id) => (
            <li key={id} className="tag">
              {nameOf(sources.get(id)) || '…'}{' '}
              <button
                type="button"
                className="quiet"
                aria-label={`Remove ${nameOf(sources.get(id))}`}
                onClick={() => onChange(value.filter((other) => other !== id))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <SourceField
        // Anew for each, so that it is empty again.
        key={value.length}
        label="Add one"
        hint="Whose word settles it: who is in it, or decides it."
        pointer={pointer}
        value=""
        onChange={(id) => {
          if (id !== '' && !value.includes(id)) onChange([...value, id]);
        }}
      />
    </fieldset>
  );
}
