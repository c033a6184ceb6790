import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { Publication } from '../api/types.js';
import { TextField } from '../forms/field.js';
import { fromLocalInput, toLocalInput } from '../forms/local-time.js';
import type { FormContext } from './form-context.js';
import { ReasonForm, ThreadForm } from './reason-form.js';

export function PublishForm({ detail, onDone }: FormContext) {
  const { threadId: thread } = detail;
  const [piece, setPiece] = useState('');
  const [title, setTitle] = useState('');
  const [publishedAt, setPublishedAt] = useState(() => toLocalInput(new Date()));
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit="It went out"
      send={(ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/publications', {
            params: { path: { thread }, header: { 'If-Match': ifMatch } },
            body: { piece, title: title === '' ? null : title, publishedAt: fromLocalInput(publishedAt) },
          }),
        )
      }
    >
      <p>It is pinned to what we know now. When a core claim that it rests on falls, the thread says so.</p>
      <TextField
        label="The piece"
        pointer="/piece"
        hint="Its address, or the CMS’s own id."
        max={2000}
        required
        value={piece}
        onChange={setPiece}
      />
      <TextField label="Title" pointer="/title" optional max={300} value={title} onChange={setTitle} />
      <TextField
        label="Went out at"
        pointer="/publishedAt"
        type="datetime-local"
        max={16}
        required
        value={publishedAt}
        onChange={setPublishedAt}
      />
    </ThreadForm>
  );
}

export function WithdrawForm({ detail, onDone, publication }: FormContext & { readonly publication: Publication }) {
  const { publicationId, threadId: thread } = publication;
  return (
    <ReasonForm
      detail={detail}
      onDone={onDone}
      submit="Withdraw"
      danger
      send={(reason, ifMatch) =>
        answer(
          api.POST('/v1/threads/{thread}/publications/{publication}/withdrawal', {
            params: { path: { thread, publication: publicationId }, header: { 'If-Match': ifMatch } },
            body: { reason },
          }),
        )
      }
    >
      <p>The piece is no longer out. It stays in the record.</p>
    </ReasonForm>
  );
}
