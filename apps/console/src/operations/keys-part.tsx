import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { ApiKey, Role } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';
import { Field, TextField } from '../forms/field.js';
import { fromLocalInput } from '../forms/local-time.js';
import { Ago, Moment } from '../moments/moment.js';
import { Dialog } from '../shell/dialog.js';
import { ScrollTable } from '../shell/scroll-table.js';
import { Fault } from './fault.js';
import { Sign } from './sign.js';

const KEYS = ['keys'];
const ROLE_WORDS: Readonly<Record<Role, string>> = {
  reader: 'reader: reads',
  reporter: 'reporter: records',
  editor: 'editor: rules, voids, merges, imports',
  admin: 'admin: keys and the system',
};

export function KeysPart() {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const keys = useInfiniteQuery({
    queryKey: KEYS,
    queryFn: ({ pageParam, signal }) => answer(api.GET('/v1/keys', { params: { query: pageParam }, signal })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: ({ next }) => (next === null ? undefined : { cursor: next }),
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
  return (
    <>
      {keys.error !== null && <Fault text={keys.error.message} />}
      <p className="actions no-print">
        <button type="button" className="primary" onClick={() => setMaking(true)}>
          Make a key
        </button>
      </p>
      <ScrollTable label="API keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="visually-hidden">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.data?.map((key) => (
            <KeyRow key={key.keyId} apiKey={key} onRevoke={() => setRevoking(key)} />
          ))}
        </tbody>
      </ScrollTable>
      {keys.hasNextPage && (
        <button type="button" onClick={() => void keys.fetchNextPage()}>
          More keys
        </button>
      )}
      <Dialog open={making} title="Make an API key" onClose={() => setMaking(false)}>
        <MakeKey />
      </Dialog>
      <Dialog open={revoking !== null} title="Revoke an API key" onClose={() => setRevoking(null)}>
        {revoking !== null && <RevokeKey apiKey={revoking} onDone={() => setRevoking(null)} />}
      </Dialog>
    </>
  );
}

function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const { name, role, createdAt, expiresAt, revokedAt, lastUsedAt } = apiKey;
  const hasExpired = expiresAt !== null && new Date(expiresAt).getTime() <= Date.now();
  const ok = revokedAt === null && !hasExpired;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{role}</td>
      <td>
        <Sign ok={ok} word={revokedAt !== null ? 'Revoked' : hasExpired ? 'Expired' : 'Works'} />
        {ok && expiresAt !== null && (
          <span className="hint">
            {' '}
            until <Moment at={expiresAt} />
          </span>
        )}
      </td>
      <td>
        <Moment at={createdAt} />
      </td>
      <td>{lastUsedAt === null ? 'never' : <Ago at={lastUsedAt} />}</td>
      <td>
        {ok && (
          <button type="button" className="quiet" onClick={onRevoke}>
            Revoke <span className="visually-hidden">{name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** The secret is in this answer alone: it is shown until the dialog is closed. */
function MakeKey() {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const [expiresAt, setExpiresAt] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null) {
    return (
      <div className="command-form">
        <p>
          This is the secret of <strong>{name}</strong>. It is shown this once and stored nowhere: copy it now.
        </p>
        <pre className="secret">{secret}</pre>
        <p className="actions">
          <CopyButton text={secret} />
        </p>
      </div>
    );
  }
  const send = async () => {
    const until = expiresAt === '' ? null : fromLocalInput(expiresAt);
    const made = await answer(api.POST('/v1/keys', { body: { name, role, expiresAt: until } }));
    return { ...made, position: null };
  };
  return (
    <CommandForm revision={null} submit="Make the key" send={send} onDone={({ secret: made }) => setSecret(made)}>
      <TextField
        label="Name"
        pointer="/name"
        hint="Who or what uses it; events carry it."
        max={120}
        required
        value={name}
        onChange={setName}
      />
      <Field label="Role" pointer="/role" hint="Each role may do what those before it may.">
        {(control) => (
          <select {...control} value={role} onChange={({ target }) => setRole(target.value as Role)}>
            {Object.entries(ROLE_WORDS).map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label="Expires"
        pointer="/expiresAt"
        optional
        type="datetime-local"
        max={16}
        value={expiresAt}
        onChange={setExpiresAt}
      />
    </CommandForm>
  );
}

/** Pages that came over plain http have no clipboard: there the text is marked, to be copied by hand. */
function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('');
  const copy = async (button: HTMLElement) => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied.');
    } catch {
      const secret = button.closest('.command-form')?.querySelector('.secret');
      if (secret) window.getSelection()?.selectAllChildren(secret);
      setSaid('Marked: this browser does not let the page copy it. Press Ctrl+C.');
    }
  };
  return (
    <>
      <button type="button" className="primary" onClick={({ currentTarget }) => void copy(currentTarget)}>
        Copy it
      </button>
      <span role="status">{said}</span>
    </>
  );
}

function RevokeKey({ apiKey, onDone }: { readonly apiKey: ApiKey; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/keys/{keyId}', { params: { path: { keyId: apiKey.keyId } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: KEYS });
      onDone();
    },
  });
  return (
    <div className="command-form">
      <p>
        <strong>{apiKey.name}</strong> can do nothing any more from here on, and who is signed in with it is signed out.
        This cannot be undone.
      </p>
      {revoke.error !== null && <Fault text={revoke.error.message} />}
      <p className="actions">
        <button type="button" className="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke it
        </button>
      </p>
    </div>
  );
}
