import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { FormContext } from './form-context.js';
import { ReasonForm, ThreadForm } from './reason-form.js';
import { type ThreadDraft, ThreadFields, threadRequest } from './thread-fields.js';
import { ThreadPicker } from './thread-picker.js';

export function ReviseForm({ detail, onDone }: FormContext) {
  const { threadId: thread, slug, headline, desk, topics, language } = detail;
  const [draft, setDraft] = useState<ThreadDraft>({ slug, headline, desk, topics: topics.join(', '), language });
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="Save"
      send={(ifMatch) =>
        answer(
          api.PATCH('/v1/threads/{thread}', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: threadRequest(draft),
          }),
        )
      }
    >
      <ThreadFields draft={draft} onChange={setDraft} />
    </ThreadForm>
  );
}

export function CloseForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Close the thread"
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/close', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>It takes in nothing new; what is recorded can still be put right.</p>
    </ReasonForm>
  );
}

export function ReopenForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Reopen the thread"
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/reopen', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>It takes in words and claims again.</p>
    </ReasonForm>
  );
}

export function MergeForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  const [into, setInto] = useState('');
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Merge"
      danger
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/merge', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { into, reason },
          }),
        )
      }
    >
      <p>The other thread takes over the claims of this one, and speaks for it. A merge can be undone.</p>
      <ThreadPicker label="The thread that stays" pointer="/into" except={thread} onPicked={setInto} />
    </ReasonForm>
  );
}

export function UnmergeForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Undo the merge"
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/unmerge', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>The claims come back, with what was recorded on them since.</p>
    </ReasonForm>
  );
}

export function ExcludeForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="They exclude each other"
      send={(ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/exclusive-sets', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { claims: [...chosen] },
          }),
        )
      }
    >
      <p>Once one of them is confirmed, its rivals become moot.</p>
      <fieldset>
        <legend>Claims</legend>
        {detail.claims.map(({ claimId, statement }) => (
          <label key={claimId} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(claimId)}
              onChange={({ target }) =>
                setChosen(target.checked ? [...chosen, claimId] : chosen.filter((id) => id !== claimId))
              }
            />{' '}
            {statement}
            <br />
          </label>
        ))}
      </fieldset>
    </ThreadForm>
  );
}
