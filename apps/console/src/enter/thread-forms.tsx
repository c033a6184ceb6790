import { api } from '../api/client.js';
import type { ThreadDetail } from '../api/types.js';
import { changesIn } from '../forms/draft.js';
import { type FormSpec, type Reasoned, ReasonField, reasonForm } from '../forms/form.js';
import { ClaimChoice } from './claim-choice.js';
import { type ThreadDraft, ThreadFields, topicsOf } from './thread-fields.js';
import { ThreadPicker } from './thread-picker.js';

export function reviseForm(detail: ThreadDetail): FormSpec<ThreadDraft> {
  const { threadId: thread, slug, headline, desk, topics, language } = detail;
  return {
    title: 'Edit the thread',
    submit: 'Save',
    begin: { slug, headline, desk, topics: topics.join(', '), language },
    fields: (fields) => <ThreadFields {...fields} />,
    send: (draft, header, begun) => {
      const { topics: listed, ...changes } = changesIn(draft, begun);
      return api.PATCH('/v1/threads/{thread}', {
        params: { path: { thread }, header },
        body: { ...changes, ...(listed !== undefined && { topics: topicsOf(listed) }) },
      });
    },
  };
}

export function closeForm({ threadId: thread }: ThreadDetail) {
  return reasonForm({
    title: 'Close the thread',
    submit: 'Close the thread',
    says: 'It takes in nothing new; what is recorded can still be put right.',
    send: (body, header) => api.POST('/v1/threads/{thread}/close', { params: { path: { thread }, header }, body }),
  });
}

export function reopenForm({ threadId: thread }: ThreadDetail) {
  return reasonForm({
    title: 'Reopen the thread',
    submit: 'Reopen the thread',
    says: 'It takes in words and claims again.',
    send: (body, header) => api.POST('/v1/threads/{thread}/reopen', { params: { path: { thread }, header }, body }),
  });
}

export function mergeForm({ threadId: thread }: ThreadDetail): FormSpec<Reasoned & { readonly into: string }> {
  return {
    title: 'Merge into another thread',
    submit: 'Merge',
    danger: true,
    says: 'The other thread takes over the claims of this one, and speaks for it. A merge can be undone.',
    begin: { into: '', reason: '' },
    fields: ({ into, reason }) => (
      <>
        <ThreadPicker label="The thread that stays" except={thread} {...into} />
        <ReasonField {...reason} />
      </>
    ),
    send: (body, header) => api.POST('/v1/threads/{thread}/merge', { params: { path: { thread }, header }, body }),
  };
}

export function unmergeForm({ threadId: thread }: ThreadDetail) {
  return reasonForm({
    title: 'Undo the merge',
    submit: 'Undo the merge',
    says: 'The claims come back, with what was recorded on them since.',
    send: (body, header) => api.POST('/v1/threads/{thread}/unmerge', { params: { path: { thread }, header }, body }),
  });
}

export function excludeForm(detail: ThreadDetail): FormSpec<{ readonly claims: readonly string[] }> {
  const { threadId: thread } = detail;
  return {
    title: 'Claims that cannot all be true',
    submit: 'They exclude each other',
    says: 'Once one of them is confirmed, its rivals become moot.',
    begin: { claims: [] },
    fields: ({ claims }) => <ClaimChoice offered={detail.claims} {...claims} />,
    send: ({ claims }, header) =>
      api.POST('/v1/threads/{thread}/exclusive-sets', {
        params: { path: { thread }, header },
        body: { claims: [...claims] },
      }),
  };
}
