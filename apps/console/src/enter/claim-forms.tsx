import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { Claim, ClaimStatus } from '../api/types.js';
import { Check, Field, TextField } from '../forms/field.js';
import { CLAIM_MEANINGS, wordOf } from '../status/status-meanings.js';
import type { FormContext } from './form-context.js';
import { ReasonForm, ThreadForm } from './reason-form.js';
import { StandingSources } from './standing-sources.js';

const STATUSES = Object.keys(CLAIM_MEANINGS) as ClaimStatus[];

export function OpenClaimForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  const [statement, setStatement] = useState('');
  const [key, setKey] = useState('');
  const [core, setCore] = useState(true);
  const [standing, setStanding] = useState<readonly string[]>([]);
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="Add the claim"
      send={(ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/claims', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { statement, core, standing: [...standing], key: key === '' ? null : key },
          }),
        )
      }
    >
      <TextField
        label="Statement"
        pointer="/statement"
        hint="One checkable statement."
        max={1000}
        rows={2}
        required
        value={statement}
        onChange={setStatement}
      />
      <TextField
        label="Key"
        pointer="/key"
        hint="A short name for it, such as visit."
        optional
        max={200}
        value={key}
        onChange={setKey}
      />
      <Check label="Core: it decides the status of the thread" checked={core} onChange={setCore} />
      <StandingSources value={standing} onChange={setStanding} />
    </ThreadForm>
  );
}

interface ClaimFormProps extends FormContext {
  readonly claim: Claim;
}

export function RewordForm({ detail, onDone, claim }: ClaimFormProps) {
  const [statement, setStatement] = useState(claim.statement);
  const [core, setCore] = useState(claim.core);
  const [standing, setStanding] = useState<readonly string[]>(claim.standing);
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Reword"
      send={(reason, ifMatch) =>
        answer(
          api.PATCH('/v1/threads/{thread}/claims/{claim}', {
            params: { path: pathOf(detail.threadId, claim), header: { 'If-Match': ifMatch } },
            body: { statement, core, standing: [...standing], reason },
          }),
        )
      }
    >
      <TextField
        label="Statement"
        pointer="/statement"
        max={1000}
        rows={2}
        required
        value={statement}
        onChange={setStatement}
      />
      <Check label="Core: it decides the status of the thread" checked={core} onChange={setCore} />
      <StandingSources value={standing} onChange={setStanding} />
    </ReasonForm>
  );
}

export function RuleForm({ detail, onDone, claim }: ClaimFormProps) {
  const [status, setStatus] = useState<ClaimStatus>(claim.status);
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Rule"
      send={(reason, ifMatch) =>
        answer(
          api.PUT('/v1/threads/{thread}/claims/{claim}/ruling', {
            params: { path: pathOf(detail.threadId, claim), header: { 'If-Match': ifMatch } },
            body: { status, reason },
          }),
        )
      }
    >
      <p>
        By the rules it is {wordOf(claim.computedStatus).toLowerCase()}. A ruling stands until it is lifted, and what
        the rules say is shown beside it.
      </p>
      <Field label="Status" pointer="/status" hint={CLAIM_MEANINGS[status].says}>
        {(control) => (
          <select {...control} value={status} onChange={({ target }) => setStatus(target.value as ClaimStatus)}>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {CLAIM_MEANINGS[one].word}
              </option>
            ))}
          </select>
        )}
      </Field>
    </ReasonForm>
  );
}

export function LiftForm({ detail, onDone, claim }: ClaimFormProps) {
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Lift the ruling"
      send={(reason, ifMatch) =>
        answer(
          api.DELETE('/v1/threads/{thread}/claims/{claim}/ruling', {
            params: { path: pathOf(detail.threadId, claim), header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>The rules decide again: it becomes {wordOf(claim.computedStatus).toLowerCase()}.</p>
    </ReasonForm>
  );
}

export function MootForm({ detail, onDone, claim }: ClaimFormProps) {
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Mark it moot"
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/claims/{claim}/moot', {
            params: { path: pathOf(detail.threadId, claim), header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>Events have passed it by. It decides nothing any more; the status that stood before is kept beside it.</p>
    </ReasonForm>
  );
}

export function LapseForm({ detail, onDone, claim }: ClaimFormProps) {
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Mark it lapsed"
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/claims/{claim}/lapse', {
            params: { path: pathOf(detail.threadId, claim), header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>Its time passed without an outcome. It decides nothing any more.</p>
    </ReasonForm>
  );
}

function pathOf(thread: string, { claimId }: Claim): { readonly thread: string; readonly claim: string } {
  return { thread, claim: claimId };
}
