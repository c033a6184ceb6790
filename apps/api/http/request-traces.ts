import type { IncomingMessage } from 'node:http';
import { newId } from '#platform';
import type { RequestAnswer, TracedRequest, Tracing } from '#telemetry';

/** The ids of requests, and their spans when requests are traced. */
export class RequestTraces {
  private readonly underWay = new WeakMap<IncomingMessage, TracedRequest>();

  constructor(private readonly tracing: Tracing | null) {}

  /** What the request is known by: as its caller wants, or a new id. */
  began(request: IncomingMessage, givenId: string | undefined): string {
    if (this.tracing === null) return givenId ?? newId();
    const traced = this.tracing.request(request.headers, givenId);
    this.underWay.set(request, traced);
    return traced.id;
  }

  answered(request: IncomingMessage, answer: RequestAnswer): void {
    this.underWay.get(request)?.answered(answer);
  }
}
