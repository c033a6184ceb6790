import { momentKind } from '#fields';
import type { Moment } from '#replay';
import { ApiError } from '../problems/api-error.js';
import { Field, type FieldOptions } from '../validation/field.js';

const REVISION = /^\d{1,18}$/;
const MOMENT = momentKind();

/** A revision of a stream in a query: digits. */
export function RevisionParameter(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      faults: (value) =>
        typeof value === 'string' && REVISION.test(value)
          ? []
          : [{ code: 'revision', detail: 'Must be a revision, a whole number from 0.' }],
      schema: { type: 'string', pattern: REVISION.source },
    },
    options,
  );
}

/** Either of the two ways to name a moment in a thread. */
export function RevisionOrMomentParameter(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      read: (value) => MOMENT.read?.(value) ?? value,
      faults: (value) => (typeof value === 'string' && REVISION.test(value) ? [] : momentFaults(value)),
      schema: { type: 'string' },
    },
    options,
  );
}

function momentFaults(value: unknown) {
  return MOMENT.faults(value).map((fault) =>
    fault.code === 'moment'
      ? { ...fault, detail: 'Must be a revision, or an RFC 3339 time with its offset, such as 2023-09-11T10:35:00Z.' }
      : fault,
  );
}

export function momentAt(revisionOrMoment: string | undefined): Moment {
  if (revisionOrMoment === undefined) return {};
  return REVISION.test(revisionOrMoment) ? { revision: BigInt(revisionOrMoment) } : { recordedUntil: revisionOrMoment };
}

/** Half a range, or one the wrong way round, would be answered with nothing, which looks like nothing had happened. */
export function refuseBackwards(from: string | undefined, to: string | undefined): void {
  if (from === undefined || to === undefined || REVISION.test(from) !== REVISION.test(to)) return;
  const isBackwards = REVISION.test(from) ? BigInt(from) > BigInt(to) : from > to;
  if (!isBackwards) return;
  throw new ApiError('invalid_request', 'One parameter is wrong.', {
    errors: [{ parameter: 'to', code: 'range', detail: 'Must not lie before `from`.' }],
  });
}
