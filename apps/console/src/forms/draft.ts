/** A value that a form is about: what its control shows, and where it stands in the request, as a JSON pointer. */
export interface Bound<Value> {
  readonly pointer: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export type FieldsOf<Draft> = { readonly [Name in keyof Draft]: Bound<Draft[Name]> };

/** Each field of a draft, bound itself. */
export function fieldsOf<Draft extends object>({ pointer, value: draft, onChange }: Bound<Draft>): FieldsOf<Draft> {
  const bound = Object.entries(draft).map(([name, value]) => [
    name,
    { pointer: `${pointer}/${name}`, value, onChange: (changed: unknown) => onChange({ ...draft, [name]: changed }) },
  ]);
  return Object.fromEntries(bound) as FieldsOf<Draft>;
}

export function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text;
}

/** What was changed in the form: a field that nobody touched stays as others have made it meanwhile. */
export function changesIn<Draft extends object>(draft: Draft, begun: Draft): Partial<Draft> {
  const changed = (Object.keys(draft) as (keyof Draft)[]).filter(
    (name) => JSON.stringify(draft[name]) !== JSON.stringify(begun[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, draft[name]])) as Partial<Draft>;
}
