import { type ReactNode, useState } from 'react';
import type { Receipt } from '../api/types.js';
import { CommandForm } from '../forms/command-form.js';
import { TextField } from '../forms/field.js';
import { ChangesSince } from './changes-since.js';
import type { FormContext } from './form-context.js';

interface ReasonFormProps extends FormContext {
  readonly submit: string;
  readonly danger?: boolean;
  /** What will happen, in a sentence. */
  readonly children: ReactNode;
  readonly send: (reason: string, ifMatch: string) => Promise<Receipt>;
}

/** A command that needs no more than a reason, beside fields that the caller puts in front of it. */
export function ReasonForm({ detail, onDone, submit, danger = false, children, send }: ReasonFormProps) {
  const [reason, setReason] = useState('');
  return (
    <ThreadForm
      detail={detail}
      onDone={onDone}
      submit={submit}
      danger={danger}
      send={(ifMatch) => send(reason, ifMatch)}
    >
      {children}
      <ReasonField value={reason} onChange={setReason} />
    </ThreadForm>
  );
}

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (reason: string) => void;
}

export function ReasonField({ value, onChange }: ReasonFieldProps) {
  return (
    <TextField
      label="Why"
      pointer="/reason"
      hint="It stands in the record for good."
      max={1000}
      rows={2}
      required
      value={value}
      onChange={onChange}
    />
  );
}

interface ThreadFormProps extends FormContext {
  readonly submit: string;
  readonly danger?: boolean;
  readonly children: ReactNode;
  readonly send: (ifMatch: string) => Promise<Receipt>;
}

/** A command on the thread that is shown. */
export function ThreadForm({ detail, onDone, ...form }: ThreadFormProps) {
  return (
    <CommandForm
      {...form}
      revision={detail.revision}
      onDone={onDone}
      changesSince={(revision) => <ChangesSince thread={detail.threadId} revision={revision} />}
    />
  );
}
