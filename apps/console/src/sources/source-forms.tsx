import { api } from '../api/client.js';
import type { Rating, Source, SourceKind, SourceReceipt } from '../api/types.js';
import { changesIn, type FieldsOf, textOrNull } from '../forms/draft.js';
import { CheckField, SelectField, TextField } from '../forms/field.js';
import { type FormSpec, type Reasoned, ReasonField, reasonForm } from '../forms/form.js';
import { KINDS, RATINGS } from './source-words.js';

interface SourceDraft {
  readonly name: string;
  readonly kind: SourceKind;
  readonly group: string;
  readonly trustedConduit: boolean;
}

export const REGISTER_SOURCE: FormSpec<SourceDraft & { readonly key: string }, SourceReceipt> = {
  title: 'Register a source',
  submit: 'Register',
  begin: { name: '', kind: 'agency', group: '', key: '', trustedConduit: false },
  fields: ({ key, ...source }) => (
    <>
      <SourceFields {...source} />
      <TextField label="Key" hint="A short name for tools, such as kremlin." optional max={200} {...key} />
    </>
  ),
  send: ({ key, ...source }) => api.POST('/v1/sources', { body: { ...source, key: textOrNull(key) } }),
};

interface SourceFieldsProps extends FieldsOf<SourceDraft> {
  /** A sealed source keeps its label. */
  readonly isSealed?: boolean;
}

function SourceFields({ isSealed = false, name, kind, group, trustedConduit }: SourceFieldsProps) {
  return (
    <>
      {!isSealed && (
        <TextField
          label="Name"
          hint="The label under which it is quoted; never the identity behind an unnamed source."
          max={200}
          required
          {...name}
        />
      )}
      <div className="pair">
        <SelectField label="Kind" options={KINDS} {...kind} />
        <TextField
          label="Group"
          hint="The voice that it shares, such as government:ru. Sources of one group count once."
          max={120}
          required
          {...group}
        />
      </div>
      <CheckField label="Carrying an unnamed speaker’s words vouches for them (trusted conduit)" {...trustedConduit} />
    </>
  );
}

export function reviseSourceForm(source: Source): FormSpec<SourceDraft & Reasoned, SourceReceipt> {
  const { sourceId, name, kind, group, trustedConduit, sealed } = source;
  return {
    title: 'Revise the source',
    submit: 'Save',
    says: 'What was recorded before keeps what the source was then; what is recorded from now on counts by this.',
    begin: {
      name: name ?? '',
      kind: kind ?? 'organisation',
      group: group ?? '',
      trustedConduit: trustedConduit ?? false,
      reason: '',
    },
    fields: ({ reason, ...fields }) => (
      <>
        <SourceFields isSealed={sealed} {...fields} />
        <TextField label="Why" optional max={1000} rows={2} {...reason} />
      </>
    ),
    send: (draft, header, begun) =>
      api.PATCH('/v1/sources/{source}', {
        params: { path: { source: sourceId }, header },
        body: { ...changesIn(draft, begun), reason: textOrNull(draft.reason) },
      }),
  };
}

export function rateForm({
  sourceId,
  rating,
}: Source): FormSpec<Reasoned & { readonly rating: Rating }, SourceReceipt> {
  return {
    title: 'Rate its reliability',
    submit: 'Rate',
    says: 'On the Admiralty scale. The rating stands beside the source; it moves no status.',
    begin: { rating: rating ?? 'F', reason: '' },
    fields: (fields) => (
      <>
        <SelectField label="Rating" options={RATINGS} {...fields.rating} />
        <ReasonField {...fields.reason} />
      </>
    ),
    send: (body, header) =>
      api.POST('/v1/sources/{source}/ratings', { params: { path: { source: sourceId }, header }, body }),
  };
}

interface SealDraft extends Reasoned {
  readonly label: string;
  readonly identity: string;
}

export function sealForm({ sourceId, name }: Source): FormSpec<SealDraft, SourceReceipt> {
  return {
    title: 'Seal the identity',
    submit: 'Seal it for good',
    danger: true,
    says: (
      <div className="heed warnings">
        <p>
          From now on only the label is shown. <strong>A source cannot be unsealed</strong>, and its label stays.
        </p>
        <p>
          The identity is kept encrypted beside the record. Administrators can read it, and each reading is noted; it
          can be erased for good.
        </p>
        <p>
          <strong>The name “{name}” stays in the record.</strong> It is shown no more, but whoever holds the log or an
          evidence bundle can find it. If that name gives the source away, register another one under a label instead.
        </p>
      </div>
    ),
    begin: { label: '', identity: '', reason: '' },
    fields: ({ label, identity, reason }) => (
      <>
        <TextField
          label="Label"
          hint="What is shown of it, such as “A senior official in Seoul”. It must not give the source away."
          max={200}
          required
          {...label}
        />
        <TextField
          label="Identity"
          hint="Who it is. It never enters the log."
          max={4000}
          rows={2}
          required
          {...identity}
        />
        <ReasonField {...reason} />
      </>
    ),
    send: (body, header) =>
      api.POST('/v1/sources/{source}/seal', { params: { path: { source: sourceId }, header }, body }),
  };
}

export function eraseForm({ sourceId, name }: Source) {
  return reasonForm<SourceReceipt>({
    title: 'Erase the identity',
    submit: 'Erase it for good',
    danger: true,
    says: (
      <div className="heed warnings">
        <p>
          <strong>Nobody can ever read again who “{name}” is.</strong> This cannot be undone, by anybody.
        </p>
        <p>
          What it said stays and counts as before, and every proof stays valid. Copies of the database that were made
          before still hold the identity, encrypted: whoever keeps backups has to purge them.
        </p>
      </div>
    ),
    send: (body, header) =>
      api.POST('/v1/sources/{source}/identity/erase', { params: { path: { source: sourceId }, header }, body }),
  });
}
