import { SetMetadata } from '@nestjs/common';
import type { Handler } from '../http/handler-facts.js';

const REDACTION = 'storyledger:redaction';
type Redaction = (body: unknown) => unknown;

/** What of the handler's answer is kept for a retry, where the whole of it may be shown once and stored never. */
export function KeepAnswer<Body>(redact: (body: Body) => unknown): MethodDecorator {
  return SetMetadata(REDACTION, redact);
}

export function redactionOf(handler: Handler): Redaction | undefined {
  return Reflect.getMetadata(REDACTION, handler) as Redaction | undefined;
}
