import { api } from '../api/client.js';
import type { Attribution, ThreadDetail } from '../api/types.js';
import { type Bound, fieldsOf } from '../forms/draft.js';
import { MomentField, SelectField } from '../forms/field.js';
import { type FormSpec, type Reasoned, ReasonField, reasonForm } from '../forms/form.js';
import { fromLocalInput, nowAsInput } from '../forms/local-time.js';
import { nameOf } from '../sources/source-picker.js';
import { useSources } from '../sources/source-queries.js';
import { STANCE_WORDS } from '../status/status-meanings.js';
import { type AttributionDraft, draftOf, newDraft, requestOf } from './attribution-draft.js';
import { AttributionFields } from './attribution-fields.js';
import { StatusPreview } from './status-preview.js';

export function recordForm(
  { threadId: thread, claims }: ThreadDetail,
  claimId: string | null,
): FormSpec<AttributionDraft> {
  return {
    title: 'Record a word',
    submit: 'Record',
    begin: newDraft(claimId ?? claims[0]?.claimId ?? ''),
    fields: (fields, draft) => (
      <>
        <AttributionFields {...fields} claims={claims} />
        <StatusPreview
          thread={thread}
          request={requestOf(draft)}
          ask={(body, signal) =>
            api.POST('/v1/threads/{thread}/attributions/preview', { params: { path: { thread } }, body, signal })
          }
        />
      </>
    ),
    send: (draft, header) =>
      api.POST('/v1/threads/{thread}/attributions', {
        params: { path: { thread }, header },
        body: requestOf(draft),
      }),
  };
}

interface TakeBackDraft extends Reasoned {
  /** The id of a source. */
  readonly takenBackBy: string;
  readonly statedAt: string;
}

interface CorrectionDraft extends TakeBackDraft {
  readonly replacement: AttributionDraft;
}

export function correctForm(
  { threadId: thread, claims }: ThreadDetail,
  attribution: Attribution,
  speaker: string,
): FormSpec<CorrectionDraft> {
  const path = { thread, attribution: attribution.attributionId };
  const takeBackOf = ({ replacement, takenBackBy, statedAt }: CorrectionDraft) => ({
    replacement: requestOf(replacement),
    takenBackBy,
    statedAt: fromLocalInput(statedAt),
  });
  return {
    title: `Correct: ${inShort(attribution, speaker)}`,
    submit: 'Correct',
    says: 'Its speaker, or who carried it, says it differently now. What was recorded stays, and counts no more.',
    begin: { ...takeBackOfNow(attribution), replacement: draftOf(attribution, claims) },
    fields: ({ replacement, takenBackBy, statedAt, reason }, draft) => (
      <>
        <TakerFields attribution={attribution} takenBackBy={takenBackBy} statedAt={statedAt} />
        <ReasonField {...reason} />
        <fieldset className="command-form">
          <legend>What counts instead</legend>
          <AttributionFields {...fieldsOf(replacement)} claims={claims} />
        </fieldset>
        <StatusPreview
          thread={thread}
          request={takeBackOf(draft)}
          ask={(body, signal) =>
            api.POST('/v1/threads/{thread}/attributions/{attribution}/corrections/preview', {
              params: { path },
              body,
              signal,
            })
          }
        />
      </>
    ),
    send: (draft, header) =>
      api.POST('/v1/threads/{thread}/attributions/{attribution}/corrections', {
        params: { path, header },
        body: { ...takeBackOf(draft), reason: draft.reason },
      }),
  };
}

export function retractForm(
  { threadId: thread }: ThreadDetail,
  attribution: Attribution,
  speaker: string,
): FormSpec<TakeBackDraft> {
  return {
    title: `Retract: ${inShort(attribution, speaker)}`,
    submit: 'Retract',
    danger: true,
    says: 'Its speaker, or who carried it, takes it back. It stays in the record and counts no more.',
    begin: takeBackOfNow(attribution),
    fields: ({ takenBackBy, statedAt, reason }) => (
      <>
        <TakerFields attribution={attribution} takenBackBy={takenBackBy} statedAt={statedAt} />
        <ReasonField {...reason} />
      </>
    ),
    send: ({ takenBackBy, statedAt, reason }, header) =>
      api.POST('/v1/threads/{thread}/attributions/{attribution}/retraction', {
        params: { path: { thread, attribution: attribution.attributionId }, header },
        body: { takenBackBy, statedAt: fromLocalInput(statedAt), reason },
      }),
  };
}

export function voidForm({ threadId: thread }: ThreadDetail, attribution: Attribution, speaker: string) {
  return reasonForm({
    title: `Void: ${inShort(attribution, speaker)}`,
    submit: 'Void',
    danger: true,
    says: 'It was our own slip: nobody said it. It stays in the record as voided.',
    send: (body, header) =>
      api.POST('/v1/threads/{thread}/attributions/{attribution}/void', {
        params: { path: { thread, attribution: attribution.attributionId }, header },
        body,
      }),
  });
}

function inShort({ stance }: Attribution, speaker: string): string {
  return `${speaker} ${STANCE_WORDS[stance]}`;
}

function takeBackOfNow(attribution: Attribution): TakeBackDraft {
  return { takenBackBy: partiesOf(attribution)[0] ?? '', statedAt: nowAsInput(), reason: '' };
}

interface TakerProps {
  readonly attribution: Attribution;
  readonly takenBackBy: Bound<string>;
  readonly statedAt: Bound<string>;
}

/** Only its speaker or a carrier may take a word back. */
function TakerFields({ attribution, takenBackBy, statedAt }: TakerProps) {
  const parties = partiesOf(attribution);
  const sources = useSources(parties);
  return (
    <div className="pair">
      <SelectField
        label="Taken back by"
        options={parties.map((id) => [id, nameOf(sources.get(id)) || '…'] as const)}
        {...takenBackBy}
      />
      <MomentField label="Taken back at" {...statedAt} />
    </div>
  );
}

function partiesOf({ speaker, via }: Attribution): readonly string[] {
  return [...new Set([...(speaker === null ? [] : [speaker.sourceId]), ...via.map(({ sourceId }) => sourceId)])];
}
