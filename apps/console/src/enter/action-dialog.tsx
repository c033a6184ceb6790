import type { ReactNode } from 'react';
import type { Attribution, Source, ThreadDetail } from '../api/types.js';
import { Dialog } from '../shell/dialog.js';
import { nameOf } from '../sources/source-picker.js';
import { STANCE_WORDS } from '../status/status-meanings.js';
import type { Action } from './actions.js';
import { CorrectForm, RecordForm, RetractForm, VoidForm } from './attribution-forms.js';
import { LapseForm, LiftForm, MootForm, OpenClaimForm, RewordForm, RuleForm } from './claim-forms.js';
import type { FormContext } from './form-context.js';
import { PublishForm, WithdrawForm } from './publication-forms.js';
import { CloseForm, ExcludeForm, MergeForm, ReopenForm, ReviseForm, UnmergeForm } from './thread-forms.js';

interface DialogProps {
  readonly action: Action;
  readonly detail: ThreadDetail;
  readonly sources: ReadonlyMap<string, Source>;
  readonly onClose: () => void;
}

export function ActionDialog({ action, detail, sources, onClose }: DialogProps) {
  return (
    <Dialog open title={titleOf(action, sources)} onClose={onClose}>
      {formOf(action, { detail, onDone: onClose })}
    </Dialog>
  );
}

function formOf(action: Action, context: FormContext): ReactNode {
  switch (action.kind) {
    case 'record':
      return <RecordForm {...context} claimId={action.claimId} />;
    case 'open-claim':
      return <OpenClaimForm {...context} />;
    case 'reword':
      return <RewordForm {...context} claim={action.claim} />;
    case 'rule':
      return <RuleForm {...context} claim={action.claim} />;
    case 'lift':
      return <LiftForm {...context} claim={action.claim} />;
    case 'moot':
      return <MootForm {...context} claim={action.claim} />;
    case 'lapse':
      return <LapseForm {...context} claim={action.claim} />;
    case 'correct':
      return <CorrectForm {...context} attribution={action.attribution} />;
    case 'retract':
      return <RetractForm {...context} attribution={action.attribution} />;
    case 'void':
      return <VoidForm {...context} attribution={action.attribution} />;
    case 'publish':
      return <PublishForm {...context} />;
    case 'withdraw':
      return <WithdrawForm {...context} publication={action.publication} />;
    case 'revise':
      return <ReviseForm {...context} />;
    case 'close':
      return <CloseForm {...context} />;
    case 'reopen':
      return <ReopenForm {...context} />;
    case 'merge':
      return <MergeForm {...context} />;
    case 'unmerge':
      return <UnmergeForm {...context} />;
    case 'exclude':
      return <ExcludeForm {...context} />;
  }
}

function titleOf(action: Action, sources: ReadonlyMap<string, Source>): string {
  switch (action.kind) {
    case 'record':
      return 'Record a word';
    case 'open-claim':
      return 'Add a claim';
    case 'reword':
      return 'Reword the claim';
    case 'rule':
      return 'Rule on the claim';
    case 'lift':
      return 'Lift the ruling';
    case 'moot':
      return 'Mark the claim moot';
    case 'lapse':
      return 'Mark the claim lapsed';
    case 'correct':
      return `Correct: ${inShort(action.attribution, sources)}`;
    case 'retract':
      return `Retract: ${inShort(action.attribution, sources)}`;
    case 'void':
      return `Void: ${inShort(action.attribution, sources)}`;
    case 'publish':
      return 'Record that a piece went out';
    case 'withdraw':
      return 'Withdraw the piece';
    case 'revise':
      return 'Edit the thread';
    case 'close':
      return 'Close the thread';
    case 'reopen':
      return 'Reopen the thread';
    case 'merge':
      return 'Merge into another thread';
    case 'unmerge':
      return 'Undo the merge';
    case 'exclude':
      return 'Claims that cannot all be true';
  }
}

function inShort({ speaker, stance }: Attribution, sources: ReadonlyMap<string, Source>): string {
  const who = speaker === null ? 'an unknown speaker' : nameOf(sources.get(speaker.sourceId));
  return `${who} ${STANCE_WORDS[stance]}`;
}
