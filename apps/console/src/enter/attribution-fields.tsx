import { useId } from 'react';
import type { Claim, Stance } from '../api/types.js';
import { Check, Field, TextField } from '../forms/field.js';
import { SourceField } from '../sources/source-field.js';
import type { AttributionDraft } from './attribution-draft.js';

interface FieldsProps {
  readonly draft: AttributionDraft;
  readonly onChange: (draft: AttributionDraft) => void;
  readonly claims: readonly Claim[];
  /** Where the attribution stands in the request: '' or `/replacement`. */
  readonly at: string;
}

const STANCES: readonly { readonly stance: Stance; readonly word: string; readonly says: string }[] = [
  { stance: 'report', word: 'Reports', says: 'somebody says so' },
  { stance: 'confirm', word: 'Confirms', says: 'somebody who should know says yes' },
  { stance: 'deny', word: 'Denies', says: 'says no' },
  { stance: 'no_comment', word: 'No comment', says: 'asked, and says neither' },
];

export function AttributionFields({ draft, onChange, claims, at }: FieldsProps) {
  const change = (changed: Partial<AttributionDraft>) => onChange({ ...draft, ...changed });
  return (
    <>
      <Field label="Claim" pointer={`${at}/claim`}>
        {(control) => (
          <select {...control} value={draft.claim} onChange={({ target }) => change({ claim: target.value })}>
            {claims.map(({ claimId, statement }) => (
              <option key={claimId} value={claimId}>
                {statement}
              </option>
            ))}
          </select>
        )}
      </Field>
      <StanceChoice value={draft.stance} onChange={(stance) => change({ stance })} />
      <SourceField
        label="Who is quoted"
        pointer={`${at}/source`}
        hint="Leave it empty when nobody knows who speaks."
        value={draft.source}
        onPicked={(source) => change({ source })}
      />
      <Carriers draft={draft} at={at} change={change} />
      <div className="pair">
        <TextField
          label="Said at"
          pointer={`${at}/statedAt`}
          type="datetime-local"
          max={16}
          required
          value={draft.statedAt}
          onChange={(statedAt) => change({ statedAt })}
        />
        <Field label="Party or authority here" pointer={`${at}/standing`}>
          {(control) => (
            <select
              {...control}
              value={draft.standing}
              onChange={({ target }) => change({ standing: target.value as AttributionDraft['standing'] })}
            >
              <option value="">As the claim lists it</option>
              <option value="yes">Yes</option>
              <option value="no">No</option>
            </select>
          )}
        </Field>
      </div>
      <div className="choices">
        <Check label="Lets itself be named" checked={draft.onRecord} onChange={(onRecord) => change({ onRecord })} />
        <Check label="The words hedge" checked={draft.tentative} onChange={(tentative) => change({ tentative })} />
      </div>
      {!draft.onRecord && (
        <TextField
          label="Vouched for by"
          pointer={`${at}/vouchedBy`}
          hint="The editor here who knows the identity and its direct knowledge."
          optional
          max={200}
          value={draft.vouchedBy}
          onChange={(vouchedBy) => change({ vouchedBy })}
        />
      )}
      <TextField
        label="The words themselves"
        pointer={`${at}/quote`}
        optional
        rows={2}
        max={5000}
        value={draft.quote}
        onChange={(quote) => change({ quote })}
      />
      <div className="pair">
        <TextField
          label="Link"
          pointer={`${at}/url`}
          optional
          type="url"
          max={2000}
          value={draft.url}
          onChange={(url) => change({ url })}
        />
        <TextField
          label="Our note"
          pointer={`${at}/note`}
          optional
          max={2000}
          value={draft.note}
          onChange={(note) => change({ note })}
        />
      </div>
    </>
  );
}

function StanceChoice({ value, onChange }: { readonly value: Stance; readonly onChange: (stance: Stance) => void }) {
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

interface CarriersProps {
  readonly draft: AttributionDraft;
  readonly at: string;
  readonly change: (changed: Partial<AttributionDraft>) => void;
}

/** Nearest to the speaker first. */
function Carriers({ draft: { via }, at, change }: CarriersProps) {
  const set = (index: number, id: string) => change({ via: via.map((before, n) => (n === index ? id : before)) });
  return (
    <fieldset className="carriers">
      <legend>Carried by</legend>
      {via.map((id, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a carrier is its place in the chain
        <div key={index} className="carrier">
          <SourceField
            label={index === 0 ? 'From the speaker by' : 'and from there by'}
            pointer={`${at}/via/${index}`}
            value={id}
            onPicked={(picked) => set(index, picked)}
          />
          <button type="button" className="quiet" onClick={() => change({ via: via.filter((_, n) => n !== index) })}>
            Remove
          </button>
        </div>
      ))}
      {via.length < 10 && (
        <button type="button" onClick={() => change({ via: [...via, ''] })}>
          Add a carrier
        </button>
      )}
    </fieldset>
  );
}
