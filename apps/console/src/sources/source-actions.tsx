import { type ReactNode, useState } from 'react';
import type { Source, SourceReceipt } from '../api/types.js';
import { ChangeList } from '../forms/change-list.js';
import type { FormSpec } from '../forms/form.js';
import { FormDialog } from '../forms/form-dialog.js';
import { useMay } from '../session/session.js';
import { IdentityDialog } from './identity-dialog.js';
import { eraseForm, rateForm, reviseSourceForm, sealForm } from './source-forms.js';
import { useSourceHistory } from './source-queries.js';

type Deed = 'revise' | 'rate' | 'seal' | 'identity' | 'erase';

/** What the role of who is signed in may do to a source. */
export function SourceActions({ source }: { readonly source: Source }) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const isReporter = useMay('reporter');
  const isEditor = useMay('editor');
  const isAdmin = useMay('admin');
  if (!isReporter) return null;
  const { sealed, identityErased } = source;
  const button = (to: Deed, word: string) => (
    <button type="button" onClick={() => setDeed(to)}>
      {word}
    </button>
  );
  return (
    <>
      <p className="actions no-print">
        {button('revise', 'Revise')}
        {isEditor && button('rate', 'Rate')}
        {isEditor && !sealed && button('seal', 'Seal the identity')}
        {isAdmin && sealed && !identityErased && (
          <>
            {button('identity', 'Show the identity')}
            {button('erase', 'Erase the identity')}
          </>
        )}
      </p>
      {deed !== null && <DeedDialog deed={deed} source={source} onClose={() => setDeed(null)} />}
    </>
  );
}

interface DeedProps {
  readonly deed: Deed;
  readonly source: Source;
  readonly onClose: () => void;
}

function DeedDialog({ deed, source, onClose }: DeedProps): ReactNode {
  const { sourceId, revision } = source;
  const show = <Draft extends object>(spec: FormSpec<Draft, SourceReceipt>) => (
    <FormDialog
      spec={spec}
      revision={revision}
      onClose={onClose}
      changesSince={(since) => <ChangesSince sourceId={sourceId} revision={since} />}
    />
  );
  switch (deed) {
    case 'revise':
      return show(reviseSourceForm(source));
    case 'rate':
      return show(rateForm(source));
    case 'seal':
      return show(sealForm(source));
    case 'erase':
      return show(eraseForm(source));
    case 'identity':
      return <IdentityDialog source={source} onClose={onClose} />;
  }
}

function ChangesSince({ sourceId, revision }: { readonly sourceId: string; readonly revision: string }) {
  const { data, hasNextPage } = useSourceHistory(sourceId, (BigInt(revision) + 1n).toString());
  return data === undefined ? null : <ChangeList changes={data} hasMore={hasNextPage} />;
}
