import type { ReactNode } from 'react';
import type { Attribution, Source, ThreadDetail } from '../api/types.js';
import type { FormSpec } from '../forms/form.js';
import { FormDialog } from '../forms/form-dialog.js';
import { nameOf } from '../sources/source-picker.js';
import type { Action } from './actions.js';
import { correctForm, recordForm, retractForm, voidForm } from './attribution-forms.js';
import { ChangesSince } from './changes-since.js';
import { lapseForm, liftForm, mootForm, openClaimForm, rewordForm, ruleForm } from './claim-forms.js';
import { publishForm, withdrawForm } from './publication-forms.js';
import { closeForm, excludeForm, mergeForm, reopenForm, reviseForm, unmergeForm } from './thread-forms.js';

interface DialogProps {
  readonly action: Action;
  readonly detail: ThreadDetail;
  readonly sources: ReadonlyMap<string, Source>;
  readonly onClose: () => void;
}

export function ActionDialog({ action, detail, sources, onClose }: DialogProps): ReactNode {
  const { threadId, revision } = detail;
  const show = <Draft extends object>(spec: FormSpec<Draft>) => (
    <FormDialog
      spec={spec}
      revision={revision}
      onClose={onClose}
      changesSince={(since) => <ChangesSince thread={threadId} revision={since} />}
    />
  );
  const speakerOf = ({ speaker }: Attribution) =>
    speaker === null ? 'an unknown speaker' : nameOf(sources.get(speaker.sourceId));
  switch (action.kind) {
    case 'record':
      return show(recordForm(detail, action.claimId));
    case 'open-claim':
      return show(openClaimForm(detail));
    case 'reword':
      return show(rewordForm(threadId, action.claim));
    case 'rule':
      return show(ruleForm(threadId, action.claim));
    case 'lift':
      return show(liftForm(threadId, action.claim));
    case 'moot':
      return show(mootForm(threadId, action.claim));
    case 'lapse':
      return show(lapseForm(threadId, action.claim));
    case 'correct':
      return show(correctForm(detail, action.attribution, speakerOf(action.attribution)));
    case 'retract':
      return show(retractForm(detail, action.attribution, speakerOf(action.attribution)));
    case 'void':
      return show(voidForm(detail, action.attribution, speakerOf(action.attribution)));
    case 'publish':
      return show(publishForm(detail));
    case 'withdraw':
      return show(withdrawForm(action.publication));
    case 'revise':
      return show(reviseForm(detail));
    case 'close':
      return show(closeForm(detail));
    case 'reopen':
      return show(reopenForm(detail));
    case 'merge':
      return show(mergeForm(detail));
    case 'unmerge':
      return show(unmergeForm(detail));
    case 'exclude':
      return show(excludeForm(detail));
  }
}
