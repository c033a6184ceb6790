import { useState } from 'react';
import { answer, api } from '../api/client.js';
import type { SourceKind } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';
import { Check, Field, TextField } from '../forms/field.js';

/** Keyed, so that a kind that the API adds or drops stops this from compiling. */
const KINDS: Readonly<Record<SourceKind, true>> = {
  agency: true,
  outlet: true,
  government: true,
  official: true,
  organisation: true,
  person: true,
  unnamed: true,
};
export const SOURCE_KINDS = Object.keys(KINDS) as SourceKind[];

export function RegisterSourceForm({ onDone }: { readonly onDone: (sourceId: string) => void }) {
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  const [kind, setKind] = useState<SourceKind>('agency');
  const [group, setGroup] = useState('');
  const [trustedConduit, setTrusted] = useState(false);
  const send = () =>
    answer(api.POST('/v1/sources', { body: { name, kind, group, trustedConduit, key: key === '' ? null : key } }));
  return (
    <CommandForm revision={null} submit="Register" send={send} onDone={({ sourceId }) => onDone(sourceId)}>
      <TextField
        label="Name"
        pointer="/name"
        hint="The label under which it is quoted; never the identity behind an unnamed source."
        max={200}
        required
        value={name}
        onChange={setName}
      />
      <div className="pair">
        <Field label="Kind" pointer="/kind">
          {(control) => (
            <select {...control} value={kind} onChange={({ target }) => setKind(target.value as SourceKind)}>
              {SOURCE_KINDS.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label="Group"
          pointer="/group"
          hint="The voice that it shares, such as government:ru. Sources of one group count once."
          max={120}
          required
          value={group}
          onChange={setGroup}
        />
      </div>
      <TextField
        label="Key"
        pointer="/key"
        hint="A short name for tools, such as kremlin."
        optional
        max={200}
        value={key}
        onChange={setKey}
      />
      <Check
        label="Carrying an unnamed speaker’s words vouches for them (trusted conduit)"
        checked={trustedConduit}
        onChange={setTrusted}
      />
    </CommandForm>
  );
}
