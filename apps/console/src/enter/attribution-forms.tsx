import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { Attribution } from '../api/types.js';
import { Field, TextField } from '../forms/field.js';
import { fromLocalInput, toLocalInput } from '../forms/local-time.js';
import { nameOf } from '../sources/source-picker.js';
import { useSources } from '../sources/source-queries.js';
import { draftOf, newDraft, requestOf } from './attribution-draft.js';
import { AttributionFields } from './attribution-fields.js';
import { AttributionPreview } from './attribution-preview.js';
import type { FormContext } from './form-context.js';
import { ReasonField, ReasonForm, ThreadForm } from './reason-form.js';

export function RecordForm({ detail, onDone, claimId }: FormContext & { readonly claimId: string | null }) {
  const { threadId: thread, claims } = detail;
  const [draft, setDraft] = useState(() => newDraft(claimId ?? claims[0]?.claimId ?? ''));
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="Record"
      send={(ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/attributions', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: requestOf(draft),
          }),
        )
      }
    >
      <AttributionFields draft={draft} onChange={setDraft} claims={claims} at="" />
      <AttributionPreview thread={thread} request={requestOf(draft)} />
    </ThreadForm>
  );
}

interface TakeBackProps extends FormContext {
  readonly attribution: Attribution;
}

export function CorrectForm({ detail, onDone, attribution }: TakeBackProps) {
  const { threadId: thread } = detail;
  const { attributionId } = attribution;
  const [draft, setDraft] = useState(() => draftOf(attribution));
  const [takenBackBy, setTaker] = useState(partiesOf(attribution)[0] ?? '');
  const [statedAt, setStatedAt] = useState(() => toLocalInput(new Date()));
  const [reason, setReason] = useState('');
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="Correct"
      send={(ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/attributions/{attribution}/corrections', {
            params: { path: { thread, attribution: attributionId }, header: { 'If-Match': ifMatch } },
            body: { replacement: requestOf(draft), takenBackBy, statedAt: fromLocalInput(statedAt), reason },
          }),
        )
      }
    >
      <p>Its speaker, or who carried it, says it differently now. What was recorded stays, and counts no more.</p>
      <TakerFields {...{ attribution, takenBackBy, setTaker, statedAt, setStatedAt }} />
      <ReasonField value={reason} onChange={setReason} />
      <fieldset className="command-form">
        <legend>What counts instead</legend>
        <AttributionFields draft={draft} onChange={setDraft} claims={detail.claims} at="/replacement" />
      </fieldset>
    </ThreadForm>
  );
}

export function RetractForm({ detail, onDone, attribution }: TakeBackProps) {
  const { threadId: thread } = detail;
  const [takenBackBy, setTaker] = useState(partiesOf(attribution)[0] ?? '');
  const [statedAt, setStatedAt] = useState(() => toLocalInput(new Date()));
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Retract"
      danger
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/attributions/{attribution}/retraction', {
            params: { path: { thread, attribution: attribution.attributionId }, header: { 'If-Match': ifMatch } },
            body: { takenBackBy, statedAt: fromLocalInput(statedAt), reason },
          }),
        )
      }
    >
      <p>Its speaker, or who carried it, takes it back. It stays in the record and counts no more.</p>
      <TakerFields {...{ attribution, takenBackBy, setTaker, statedAt, setStatedAt }} />
    </ReasonForm>
  );
}

export function VoidForm({ detail, onDone, attribution }: TakeBackProps) {
  const { threadId: thread } = detail;
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Void"
      danger
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/attributions/{attribution}/void', {
            params: { path: { thread, attribution: attribution.attributionId }, header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>It was our own slip: nobody said it. It stays in the record as voided.</p>
    </ReasonForm>
  );
}

interface TakerProps {
  readonly attribution: Attribution;
  readonly takenBackBy: string;
  readonly setTaker: (sourceId: string) => void;
  readonly statedAt: string;
  readonly setStatedAt: (text: string) => void;
}

/** Only its speaker or a carrier may take a word back. */
function TakerFields({ attribution, takenBackBy, setTaker, statedAt, setStatedAt }: TakerProps) {
  const parties = partiesOf(attribution);
  const sources = useSources(parties);
  return (
    <div className="pair">
      <Field label="Taken back by" pointer="/takenBackBy">
        {(control) => (
          <select {...control} value={takenBackBy} onChange={({ target }) => setTaker(target.value)}>
            {parties.map((id) => (
              <option key={id} value={id}>
                {nameOf(sources.get(id)) || id}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label="Taken back at"
        pointer="/statedAt"
        type="datetime-local"
        max={16}
        required
        value={statedAt}
        onChange={setStatedAt}
      />
    </div>
  );
}

function partiesOf({ speaker, via }: Attribution): readonly string[] {
  return [...new Set([...(speaker === null ? [] : [speaker.sourceId]), ...via.map(({ sourceId }) => sourceId)])];
}
