import { type ReactNode, useState } from 'react';
import { answer, type Outcome } from '../api/client.js';
import type { Receipt } from '../api/types.js';
import { CommandForm, type CommandFormProps, type Receipted } from './command-form.js';
import { type Bound, type FieldsOf, fieldsOf } from './draft.js';
import { TextField } from './field.js';

export interface IfMatch {
  readonly 'If-Match': string;
}

/** A command that people give by filling in a form. */
export interface FormSpec<Draft extends object, Answer extends Receipted = Receipt> {
  readonly title: string;
  /** On the button. */
  readonly submit: string;
  readonly danger?: boolean;
  /** What will come of it. */
  readonly says?: ReactNode;
  /** What the form begins with; it keeps what it began with while the spec is made anew. */
  readonly begin: Draft;
  /** What else follows from a change. */
  readonly follow?: (next: Draft, before: Draft) => Draft;
  readonly fields: (fields: FieldsOf<Draft>, draft: Draft) => ReactNode;
  readonly send: (draft: Draft, header: IfMatch, begun: Draft) => Promise<Outcome<Answer>>;
}

export interface FormProps<Draft extends object, Answer extends Receipted>
  extends Pick<CommandFormProps<Answer>, 'revision' | 'changesSince'> {
  readonly spec: FormSpec<Draft, Answer>;
  readonly onDone: (answer: Answer, draft: Draft) => void;
}

export function Form<Draft extends object, Answer extends Receipted>({
  spec,
  onDone,
  ...command
}: FormProps<Draft, Answer>) {
  const { submit, danger = false, says, begin, follow, fields, send } = spec;
  const [begun] = useState(begin);
  const [draft, setDraft] = useState(begin);
  const change = (next: Draft) => setDraft(follow === undefined ? next : follow(next, draft));
  return (
    <CommandForm<Answer>
      {...command}
      submit={submit}
      danger={danger}
      onDone={(done) => onDone(done, draft)}
      send={(revision) => answer<Answer>(send(draft, { 'If-Match': revision }, begun))}
    >
      {typeof says === 'string' ? <p>{says}</p> : says}
      {fields(fieldsOf({ pointer: '', value: draft, onChange: change }), draft)}
    </CommandForm>
  );
}

export interface Reasoned {
  readonly reason: string;
}

/** A command that needs no more than a reason. */
export function reasonForm<Answer extends Receipted = Receipt>(
  spec: Omit<FormSpec<Reasoned, Answer>, 'begin' | 'fields'>,
): FormSpec<Reasoned, Answer> {
  return {
    ...spec,
    begin: { reason: '' },
    fields: ({ reason }) => <ReasonField {...reason} />,
  };
}

export function ReasonField(reason: Bound<string>) {
  return <TextField label="Why" hint="It stands in the record for good." max={1000} rows={2} required {...reason} />;
}
