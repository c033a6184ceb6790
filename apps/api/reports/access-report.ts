import { Injectable } from '@nestjs/common';
import { AccessLog } from '#operations';
import { type Page, ReportQueries } from '#read-models';
import { type AccessEntryDto, accessEntry, reportedAct } from './administration.views.js';
import type { Period } from './reports.requests.js';

/** What somebody answers for: editorial acts, which the ledger has, and what was done beside it. */
@Injectable()
export class AccessReport {
  constructor(
    private readonly queries: ReportQueries,
    private readonly log: AccessLog,
  ) {}

  /** The newest first. */
  async page(period: Period, limit: number, cursor: readonly string[] | null): Promise<Page<AccessEntryDto>> {
    const [at, id] = cursor ?? [];
    const before = at === undefined || id === undefined ? null : ([at, id] as const);
    const range = { ...period, limit: limit + 1, before };
    const [acts, entries] = await Promise.all([this.queries.acts(range), this.log.list(range)]);
    const both = [...acts.map(reportedAct), ...entries.map(accessEntry)].toSorted(newestFirst);
    const items = both.slice(0, limit);
    const last = items.at(-1);
    return { items, next: both.length > limit && last !== undefined ? [last.at, last.id] : null };
  }

  async *all(period: Period): AsyncIterable<AccessEntryDto> {
    for (let cursor: readonly string[] | null = null; ; ) {
      const { items, next }: Page<AccessEntryDto> = await this.page(period, PAGE, cursor);
      yield* items;
      if (next === null) return;
      cursor = next;
    }
  }
}

const PAGE = 1_000;

function newestFirst(left: AccessEntryDto, right: AccessEntryDto): number {
  return left.at === right.at ? (left.id > right.id ? -1 : 1) : left.at > right.at ? -1 : 1;
}
