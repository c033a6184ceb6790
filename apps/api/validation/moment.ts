import { type MomentRules, momentKind } from '#fields';
import { Field, type FieldOptions } from './field.js';

/** An RFC 3339 time with its offset, read as `YYYY-MM-DDTHH:mm:ss.sssZ`. Digits below the millisecond are dropped. */
export function Moment(options: MomentRules & FieldOptions = {}): PropertyDecorator {
  return Field(momentKind(options), options);
}
