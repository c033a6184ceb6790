import { Injectable } from '@nestjs/common';
import { type AccessEntry, AccessLog, type AccessRange } from '#operations';
import { type Page, ReportQueries } from '#read-models';
import { type AccessEntryDto, accessEntry, reportedAct } from './administration.views.js';
import type { Scope } from './reports.requests.js';

/** What somebody answers for: editorial acts, which the ledger has, and what was done beside it. */
@Injectable()
export class AccessReport {
  constructor(
    private readonly queries: ReportQueries,
    private readonly log: AccessLog,
  ) {}

  /** The newest first. */
  async page(scope: Scope, limit: number, cursor: readonly string[] | null): Promise<Page<AccessEntryDto>> {
    const [at, id] = cursor ?? [];
    const before = at === undefined || id === undefined ? null : ([at, id] as const);
    const range = { ...scope, limit: limit + 1, before };
    const [acts, entries] = await Promise.all([this.queries.acts(range), this.entries(range, scope)]);
    const both = [...acts.map(reportedAct), ...entries.map(accessEntry)].toSorted(newestFirst);
    const items = both.slice(0, limit);
    const last = items.at(-1);
    return { items, next: both.length > limit && last !== undefined ? [last.at, last.id] : null };
  }

  async *all(scope: Scope): AsyncIterable<AccessEntryDto> {
    for (let cursor: readonly string[] | null = null; ; ) {
      const { items, next }: Page<AccessEntryDto> = await this.page(scope, PAGE, cursor);
      yield* items;
      if (next === null) return;
      cursor = next;
    }
  }

  /** The access log knows of no desks: with one asked for, its lines about threads are looked through, page by page. */
  private async entries(range: AccessRange, { desk, topic }: Scope): Promise<readonly AccessEntry[]> {
    if (desk === null && topic === null) return this.log.list(range);
    const found: AccessEntry[] = [];
    for (let before = range.before; ; ) {
      const page = await this.log.list({ ...range, before, limit: PAGE, subjectPrefix: THREAD });
      const ids = page.map(({ subject }) => subject.slice(THREAD.length)).filter((id) => UUID.test(id));
      const here = await this.queries.places.threadsAt(ids, { desk, topic });
      found.push(...page.filter(({ subject }) => here.has(subject.slice(THREAD.length))));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE || found.length >= range.limit) return found.slice(0, range.limit);
      before = [last.at, last.id];
    }
  }
}

const PAGE = 1_000;
const THREAD = 'thread-';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function newestFirst(left: AccessEntryDto, right: AccessEntryDto): number {
  return left.at === right.at ? (left.id > right.id ? -1 : 1) : left.at > right.at ? -1 : 1;
}
