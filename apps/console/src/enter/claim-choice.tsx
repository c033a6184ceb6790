import { useId } from 'react';
import type { Claim } from '../api/types.js';
import type { Bound } from '../forms/draft.js';
import { FaultList, useFieldFaults } from '../forms/field.js';

interface ChoiceProps extends Bound<readonly string[]> {
  readonly offered: readonly Claim[];
}

/** Several claims, by id. */
export function ClaimChoice({ offered, pointer, value, onChange }: ChoiceProps) {
  const id = useId();
  const faults = useFieldFaults(pointer);
  return (
    <fieldset className="claim-choice" aria-describedby={`${id}-faults`}>
      <legend>Claims</legend>
      {offered.map(({ claimId, statement }) => (
        <label key={claimId} className="check">
          <input
            type="checkbox"
            checked={value.includes(claimId)}
            onChange={({ target }) =>
              onChange(target.checked ? [...value, claimId] : value.filter((other) => other !== claimId))
            }
          />{' '}
          {statement}
        </label>
      ))}
      <FaultList id={`${id}-faults`} faults={faults} />
    </fieldset>
  );
}
