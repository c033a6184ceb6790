import { useId } from 'react';
import type { Claim, Stance } from '../api/types.js';
import type { Bound, FieldsOf } from '../forms/draft.js';
import { CheckField, MomentField, SelectField, TextField } from '../forms/field.js';
import { SourceField } from '../sources/source-field.js';
import type { AttributionDraft } from './attribution-draft.js';

interface FieldsProps extends FieldsOf<AttributionDraft> {
  readonly claims: readonly Claim[];
}

const STANCES: readonly { readonly stance: Stance; readonly word: string; readonly says: string }[] = [
  { stance: 'report', word: 'Reports', says: 'somebody says so' },
  { stance: 'confirm', word: 'Confirms', says: 'somebody who should know says yes' },
  { stance: 'deny', word: 'Denies', says: 'says no' },
  { stance: 'no_comment', word: 'No comment', says: 'asked, and says neither' },
];

const STANDINGS = [
  ['', 'As the claim lists it'],
  ['yes', 'Yes'],
  ['no', 'No'],
] as const;

export function AttributionFields({ claims, ...field }: FieldsProps) {
  return (
    <>
      <SelectField
        label="Claim"
        options={claims.map(({ claimId, statement }) => [claimId, statement] as const)}
        {...field.claim}
      />
      <StanceChoice {...field.stance} />
      <SourceField label="Who is quoted" hint="Leave it empty when nobody knows who speaks." {...field.source} />
      <Carriers {...field.via} />
      <div className="pair">
        <MomentField label="Said at" {...field.statedAt} />
        <SelectField label="Party or authority here" options={STANDINGS} {...field.standing} />
      </div>
      <div className="choices">
        <CheckField label="Lets itself be named" {...field.onRecord} />
        <CheckField label="The words hedge" {...field.tentative} />
      </div>
      {!field.onRecord.value && (
        <TextField
          label="Vouched for by"
          hint="The editor here who knows the identity and its direct knowledge."
          optional
          max={200}
          {...field.vouchedBy}
        />
      )}
      <TextField label="The words themselves" optional rows={2} max={5000} {...field.quote} />
      <div className="pair">
        <TextField label="Link" optional type="url" max={2000} {...field.url} />
        <TextField label="Our note" optional max={2000} {...field.note} />
      </div>
    </>
  );
}

function StanceChoice({ value, onChange }: Bound<Stance>) {
  const id = useId();
  return (
    <fieldset>
      <legend>Stance</legend>
      <div className="choices">
        {STANCES.map(({ stance, word, says }) => (
          <label key={stance} title={says}>
            <input type="radio" name={id} checked={value === stance} onChange={() => onChange(stance)} /> {word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Nearest to the speaker first. */
function Carriers({ pointer, value: via, onChange }: Bound<readonly string[]>) {
  return (
    <fieldset className="carriers">
      <legend>Carried by</legend>
      {via.map((id, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a carrier is its place in the chain
        <div key={index} className="carrier">
          <SourceField
            label={index === 0 ? 'From the speaker by' : 'and from there by'}
            pointer={`${pointer}/${index}`}
            value={id}
            onChange={(picked) => onChange(via.map((before, n) => (n === index ? picked : before)))}
          />
          <button type="button" className="quiet" onClick={() => onChange(via.filter((_, n) => n !== index))}>
            Remove
          </button>
        </div>
      ))}
      {via.length < 10 && (
        <button type="button" onClick={() => onChange([...via, ''])}>
          Add a carrier
        </button>
      )}
    </fieldset>
  );
}
