import { api } from '../api/client.js';
import type { Claim, ClaimStatus, ThreadDetail } from '../api/types.js';
import { changesIn, type FieldsOf, textOrNull } from '../forms/draft.js';
import { CheckField, SelectField, TextField } from '../forms/field.js';
import { type FormSpec, type Reasoned, ReasonField, reasonForm } from '../forms/form.js';
import { CLAIM_MEANINGS, wordOf } from '../status/status-meanings.js';
import { StandingSources } from './standing-sources.js';

export interface ClaimDraft {
  readonly statement: string;
  readonly core: boolean;
  /** Ids of sources. */
  readonly standing: readonly string[];
}

interface NewClaimDraft extends ClaimDraft {
  readonly key: string;
}

export function openClaimForm({ threadId: thread }: ThreadDetail): FormSpec<NewClaimDraft> {
  return {
    title: 'Add a claim',
    submit: 'Add the claim',
    begin: { statement: '', key: '', core: true, standing: [] },
    fields: ({ key, ...claim }) => (
      <>
        <ClaimFields {...claim} />
        <TextField label="Key" hint="A short name for it, such as visit." optional max={200} {...key} />
      </>
    ),
    send: ({ key, ...claim }, header) =>
      api.POST('/v1/threads/{thread}/claims', {
        params: { path: { thread }, header },
        body: { ...claim, standing: [...claim.standing], key: textOrNull(key) },
      }),
  };
}

interface ClaimFieldsProps extends FieldsOf<ClaimDraft> {
  /** Tells the claims of one form apart. */
  readonly label?: string;
}

export function ClaimFields({ label = 'Statement', statement, core, standing }: ClaimFieldsProps) {
  return (
    <>
      <TextField label={label} hint="One checkable statement." max={1000} rows={2} required {...statement} />
      <CheckField label="Core: it decides the status of the thread" {...core} />
      <StandingSources {...standing} />
    </>
  );
}

export function rewordForm(thread: string, claim: Claim): FormSpec<ClaimDraft & Reasoned> {
  const { statement, core, standing } = claim;
  return {
    title: 'Reword the claim',
    submit: 'Reword',
    begin: { statement, core, standing, reason: '' },
    fields: ({ reason, ...fields }) => (
      <>
        <ClaimFields {...fields} />
        <ReasonField {...reason} />
      </>
    ),
    send: (draft, header, begun) => {
      const { standing: sources, ...changes } = changesIn(draft, begun);
      return api.PATCH('/v1/threads/{thread}/claims/{claim}', {
        params: { path: pathOf(thread, claim), header },
        body: { ...changes, ...(sources && { standing: [...sources] }), reason: draft.reason },
      });
    },
  };
}

const STATUSES = (Object.keys(CLAIM_MEANINGS) as ClaimStatus[]).map(
  (status) => [status, CLAIM_MEANINGS[status].word] as const,
);

export function ruleForm(thread: string, claim: Claim): FormSpec<Reasoned & { readonly status: ClaimStatus }> {
  return {
    title: 'Rule on the claim',
    submit: 'Rule',
    says: `By the rules it is ${wordOf(claim.computedStatus).toLowerCase()}. A ruling stands until it is lifted, and what the rules say is shown beside it.`,
    begin: { status: claim.status, reason: '' },
    fields: ({ status, reason }) => (
      <>
        <SelectField label="Status" hint={CLAIM_MEANINGS[status.value].says} options={STATUSES} {...status} />
        <ReasonField {...reason} />
      </>
    ),
    send: (body, header) =>
      api.PUT('/v1/threads/{thread}/claims/{claim}/ruling', { params: { path: pathOf(thread, claim), header }, body }),
  };
}

export function liftForm(thread: string, claim: Claim) {
  return reasonForm({
    title: 'Lift the ruling',
    submit: 'Lift the ruling',
    says: `The rules decide again: it becomes ${wordOf(claim.computedStatus).toLowerCase()}.`,
    send: (body, header) =>
      api.DELETE('/v1/threads/{thread}/claims/{claim}/ruling', {
        params: { path: pathOf(thread, claim), header },
        body,
      }),
  });
}

export function mootForm(thread: string, claim: Claim) {
  return reasonForm({
    title: 'Mark the claim moot',
    submit: 'Mark it moot',
    says: 'Events have passed it by. It decides nothing any more; the status that stood before is kept beside it.',
    send: (body, header) =>
      api.POST('/v1/threads/{thread}/claims/{claim}/moot', { params: { path: pathOf(thread, claim), header }, body }),
  });
}

export function lapseForm(thread: string, claim: Claim) {
  return reasonForm({
    title: 'Mark the claim lapsed',
    submit: 'Mark it lapsed',
    says: 'Its time passed without an outcome. It decides nothing any more.',
    send: (body, header) =>
      api.POST('/v1/threads/{thread}/claims/{claim}/lapse', { params: { path: pathOf(thread, claim), header }, body }),
  });
}

function pathOf(thread: string, { claimId }: Claim): { readonly thread: string; readonly claim: string } {
  return { thread, claim: claimId };
}
