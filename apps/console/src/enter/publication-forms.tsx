import { api } from '../api/client.js';
import type { Publication, ThreadDetail } from '../api/types.js';
import { textOrNull } from '../forms/draft.js';
import { MomentField, TextField } from '../forms/field.js';
import { type FormSpec, reasonForm } from '../forms/form.js';
import { fromLocalInput, nowAsInput } from '../forms/local-time.js';

interface PublicationDraft {
  readonly piece: string;
  readonly title: string;
  readonly publishedAt: string;
}

export function publishForm({ threadId: thread }: ThreadDetail): FormSpec<PublicationDraft> {
  return {
    title: 'Record that a piece went out',
    submit: 'It went out',
    says: 'It is pinned to what we know now. When a core claim that it rests on falls, the thread says so.',
    begin: { piece: '', title: '', publishedAt: nowAsInput() },
    fields: ({ piece, title, publishedAt }) => (
      <>
        <TextField label="The piece" hint="Its address, or the CMS’s own id." max={2000} required {...piece} />
        <TextField label="Title" optional max={300} {...title} />
        <MomentField label="Went out at" {...publishedAt} />
      </>
    ),
    send: ({ piece, title, publishedAt }, header) =>
      api.POST('/v1/threads/{thread}/publications', {
        params: { path: { thread }, header },
        body: { piece, title: textOrNull(title), publishedAt: fromLocalInput(publishedAt) },
      }),
  };
}

export function withdrawForm({ publicationId, threadId: thread }: Publication) {
  return reasonForm({
    title: 'Withdraw the piece',
    submit: 'Withdraw',
    danger: true,
    says: 'The piece is no longer out. It stays in the record.',
    send: (body, header) =>
      api.POST('/v1/threads/{thread}/publications/{publication}/withdrawal', {
        params: { path: { thread, publication: publicationId }, header },
        body,
      }),
  });
}
