import type { IncomingHttpHeaders } from 'node:http';
import type { AppliedBatch } from '#read-models';
import type { EndedAppend } from '../observed-event-store.js';

/** A request whose answer is still to come. */
export interface TracedRequest {
  /** What the request is known by; its events carry it as their correlation id, and lead the projector to the trace. */
  readonly id: string;
  answered(answer: RequestAnswer): void;
}

export interface RequestAnswer {
  readonly method: string;
  /** The template, such as `/v1/threads/:thread`, never what was asked for; undefined: no route was found. */
  readonly route: string | undefined;
  readonly status: number;
}

/** Told of what happens in a process, and sends it on as spans. No word of the newsroom, key or body gets in. */
export interface Tracing {
  /** @param givenId what the caller wants the request to be known by; undefined: the id says which trace it is of */
  request(headers: IncomingHttpHeaders, givenId: string | undefined): TracedRequest;
  appended(append: EndedAppend): void;
  applied(batch: AppliedBatch): void;
  /** Sends what it still has, or gives it up when the collector does not take it in time. */
  close(): Promise<void>;
}

/** Where trouble with tracing goes; none of it stops anything. */
export interface TracingLog {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
}
