import { useLocation } from 'wouter';
import { api } from '../api/client.js';
import { type Bound, fieldsOf } from '../forms/draft.js';
import { Form, type FormSpec } from '../forms/form.js';
import { useTitle } from '../shell/use-title.js';
import { type ClaimDraft, ClaimFields } from './claim-forms.js';
import { type ThreadDraft, ThreadFields, topicsOf } from './thread-fields.js';
import './actions.css';

interface NewThreadDraft extends ThreadDraft {
  readonly claims: readonly ClaimDraft[];
}

const NEW_THREAD: FormSpec<NewThreadDraft> = {
  title: 'Open a thread',
  submit: 'Open the thread',
  begin: { slug: '', headline: '', desk: '', topics: '', language: 'en', claims: [emptyClaim(true)] },
  follow: withSlug,
  fields: ({ claims, ...thread }) => (
    <>
      <ThreadFields {...thread} />
      <ClaimsFields {...claims} />
    </>
  ),
  send: ({ topics, claims, ...thread }) =>
    api.POST('/v1/threads', {
      body: {
        ...thread,
        topics: topicsOf(topics),
        claims: writtenOf(claims).map(({ standing, ...claim }) => ({ ...claim, standing: [...standing] })),
      },
    }),
};

export function NewThreadScreen() {
  useTitle(NEW_THREAD.title);
  const [, navigate] = useLocation();
  return (
    <section className="form-screen">
      <h1>{NEW_THREAD.title}</h1>
      <Form spec={NEW_THREAD} revision={null} onDone={(_, { slug }) => navigate(`/threads/${slug.trim()}`)} />
    </section>
  );
}

function ClaimsFields({ pointer, value: claims, onChange }: Bound<readonly ClaimDraft[]>) {
  return (
    <fieldset className="command-form">
      <legend>Claims</legend>
      {claims.map((claim, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the API names a claim of the request by its place
        <div key={index} className="command-form new-claim">
          <ClaimFields
            label={`Claim ${index + 1}`}
            {...fieldsOf({
              pointer: `${pointer}/${index}`,
              value: claim,
              onChange: (changed) => onChange(claims.map((before, n) => (n === index ? changed : before))),
            })}
          />
        </div>
      ))}
      <p>
        <button type="button" onClick={() => onChange([...claims, emptyClaim(false)])}>
          Another claim
        </button>
      </p>
    </fieldset>
  );
}

function emptyClaim(core: boolean): ClaimDraft {
  return { statement: '', core, standing: [] };
}

/** Without the empty ones at the end: the others keep their places, by which the API names them. */
function writtenOf(claims: readonly ClaimDraft[]): readonly ClaimDraft[] {
  return claims.slice(0, claims.findLastIndex(({ statement }) => statement.trim() !== '') + 1);
}

/** The slug follows the headline until it is written by hand. */
function withSlug(next: NewThreadDraft, before: NewThreadDraft): NewThreadDraft {
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
