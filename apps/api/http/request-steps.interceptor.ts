import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, mergeMap, type Observable, of } from 'rxjs';
import { PositionStep } from '../consistency/waits-for-position.js';
import { IdempotencyStep } from '../idempotency/idempotency.step.js';
import { EncodedAnswer, withoutEncoding } from '../known-answers/encoded-answer.js';
import { PageLinkStep } from '../paging/page-link.step.js';
import { EntityTagStep } from '../preconditions/entity-tag.js';
import { ReceiptStep } from '../proof/receipt-preference.js';

/**
 * What happens around every handler, in this order: which command it is, what it waits for; then how the answer is
 * marked, and what is added to it. One interceptor and not five, since Nest takes more for each than any of them does.
 */
@Injectable()
export class RequestSteps implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyStep,
    private readonly position: PositionStep,
    private readonly links: PageLinkStep,
    private readonly tags: EntityTagStep,
    private readonly receipts: ReceiptStep,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const beginning = this.idempotency.begin(execution);
    if (beginning !== null) return beginning.then((answer) => this.goOn(execution, next, answer));
    const waiting = this.position.wait(execution);
    return waiting === null ? this.handle(execution, next) : waiting.then(() => this.handle(execution, next));
  }

  /** In place of the handler: as it was answered then. */
  private async goOn(
    execution: ExecutionContext,
    next: CallHandler,
    answer: string | null,
  ): Promise<Observable<unknown>> {
    if (answer !== null) return of(answer);
    await this.position.wait(execution);
    return this.handle(execution, next);
  }

  private handle(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const marked = next.handle().pipe(
      map((body: unknown) => {
        const linked = this.links.mark(execution, body);
        if (linked instanceof EncodedAnswer) return withoutEncoding(execution, linked);
        this.tags.mark(execution, linked);
        return linked;
      }),
    );
    const waitMs = this.receipts.wanted(execution);
    return waitMs === null ? marked : marked.pipe(mergeMap((body) => this.receipts.add(execution, body, waitMs)));
  }
}
