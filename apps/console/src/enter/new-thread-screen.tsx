import { useState } from 'react';
import { useLocation } from 'wouter';
import { answer, api } from '../api/client.js';
import { CommandForm } from '../forms/command-form.js';
import { Check, TextField } from '../forms/field.js';
import { useTitle } from '../shell/use-title.js';
import { type ThreadDraft, ThreadFields, threadRequest } from './thread-fields.js';

interface ClaimDraft {
  readonly statement: string;
  readonly core: boolean;
}

const EMPTY: ThreadDraft = { slug: '', headline: '', desk: '', topics: '', language: 'en' };

export function NewThreadScreen() {
  useTitle('Open a thread');
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState(EMPTY);
  const [claims, setClaims] = useState<readonly ClaimDraft[]>([{ statement: '', core: true }]);
  const set = (index: number, changed: Partial<ClaimDraft>) =>
    setClaims(claims.map((claim, n) => (n === index ? { ...claim, ...changed } : claim)));
  return (
    <section className="form-screen">
      <h1>Open a thread</h1>
      <CommandForm
        revision={null}
        submit="Open the thread"
        send={() =>
          answer(
            api.POST('/v1/threads', {
              body: { ...threadRequest(draft), claims: claims.filter(({ statement }) => statement.trim() !== '') },
            }),
          )
        }
        onDone={() => navigate(`/threads/${draft.slug.trim()}`)}
      >
        <ThreadFields draft={draft} onChange={(next) => setDraft(withSlug(draft, next))} />
        <fieldset className="command-form">
          <legend>Claims</legend>
          {claims.map((claim, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the API names a claim of the request by its place
            <div key={index} className="command-form">
              <TextField
                label={`Claim ${index + 1}`}
                pointer={`/claims/${index}/statement`}
                hint="One checkable statement."
                max={1000}
                value={claim.statement}
                onChange={(statement) => set(index, { statement })}
              />
              <Check
                label="Core: it decides the status of the thread"
                checked={claim.core}
                onChange={(core) => set(index, { core })}
              />
            </div>
          ))}
          <p>
            <button type="button" onClick={() => setClaims([...claims, { statement: '', core: false }])}>
              Another claim
            </button>
          </p>
        </fieldset>
      </CommandForm>
    </section>
  );
}

/** The slug follows the headline until it is written by hand. */
function withSlug(before: ThreadDraft, next: ThreadDraft): ThreadDraft {
  const isOwn = before.slug !== slugOf(before.headline);
  return isOwn || next.slug !== before.slug ? next : { ...next, slug: slugOf(next.headline) };
}

function slugOf(headline: string): string {
  return headline
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .split('-')
    .filter((word) => word !== '')
    .slice(0, 8)
    .join('-');
}
