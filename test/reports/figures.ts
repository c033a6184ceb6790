import { CLAIM_STATUSES, type ClaimAssessment, THREAD_STATUSES } from '#domain';
import type { StoredEvent } from '#event-store';
import type { Durations, ReportFrame, ReportGroup } from '#read-models';
import type { Ledger, Moment, Word } from './brute-force.js';

/*
 * Each figure of docs/reports.md, counted from the events by going through them, as its definition reads. Nothing here is
 * shared with the projections or their SQL.
 */

type Case = { readonly at: string; readonly threadId: string | null };

export class Figures {
  constructor(
    private readonly ledger: Ledger,
    private readonly frame: ReportFrame,
  ) {}

  statuses() {
    const { from, to } = this.frame;
    const endOf = (until: string) => {
      const threads = [...this.ledger.byThread.values()].flatMap((moments) => {
        const last = moments.findLast(({ stored }) => dayOf(stored.recordedAt) <= until);
        return last === undefined || last.merged || !this.isWithin(last.threadId) ? [] : [last];
      });
      return threads;
    };
    const show = (by: ReportGroup['by'], key: string | null, threads: readonly Moment[]) => {
      const claims = threads.flatMap(({ assessment }) => [...assessment.claims.values()]);
      const counts = <Status extends string>(statuses: readonly Status[], all: readonly { status: string }[]) =>
        Object.fromEntries(statuses.map((status) => [status, all.filter((one) => one.status === status).length]));
      return {
        by,
        key,
        label: key,
        cases: claims.length,
        claims: counts(CLAIM_STATUSES, claims),
        threads: counts(
          THREAD_STATUSES,
          threads.map(({ assessment }) => assessment),
        ),
      };
    };
    const last = endOf(to);
    const desks = [...new Set([...this.ledger.byThread.keys()].map((id) => this.detailsNow(id).desk))];
    const intervals = new Set<string>();
    for (let day = from; day <= to; day = plusDays(day, 1)) intervals.add(this.intervalOf(day));
    return [
      show('all', null, last),
      ...desks.map((desk) =>
        show(
          'desk',
          desk,
          last.filter(({ threadId }) => this.detailsNow(threadId).desk === desk),
        ),
      ),
      ...[...intervals].map((start) => show('interval', start, endOf(minimum(this.lastDayOf(start), to)))),
    ];
  }

  secondSource() {
    const found = this.claims().map((claimId) => {
      const first = this.momentsOf(claimId).find(({ claim }) => firm(claim).length >= 1);
      const second = this.momentsOf(claimId).find(({ claim }) => firm(claim).length >= 2);
      return { claimId, first, second, threadId: this.threadOf(claimId) };
    });
    const cases = found.flatMap(({ first, second, threadId }) => {
      if (first === undefined || second === undefined) return [];
      const said = firm(second.claim)
        .map(({ attributionIds }) => {
          const words = attributionIds.map((id) => this.word(id)).filter(({ tentative }) => !tentative);
          return words.map(({ statedAt }) => statedAt).toSorted()[0] ?? '';
        })
        .toSorted();
      return [
        {
          at: second.stored.recordedAt,
          threadId,
          sources: this.sourcesOf(firm(first.claim)),
          recorded: seconds(first.stored.recordedAt, second.stored.recordedAt),
          stated: seconds(said[0] ?? '', said[1] ?? ''),
        },
      ];
    });
    const waiting = found.flatMap(({ first, second, threadId }) =>
      first !== undefined && second === undefined
        ? [{ at: first.stored.recordedAt, threadId, sources: this.sourcesOf(firm(first.claim)) }]
        : [],
    );
    return this.grouped(
      [
        ...cases.map((one) => ({ ...one, is: 'case' as const })),
        ...waiting.map((one) => ({ ...one, is: 'waiting' as const })),
      ],
      (some) => {
        const own = some.flatMap((one) => (one.is === 'case' ? [one] : []));
        return {
          cases: own.length,
          waiting: some.length - own.length,
          recorded: spread(own.map(({ recorded }) => recorded)),
          stated: spread(own.map(({ stated }) => stated)),
        };
      },
      ({ sources }) => sources,
    );
  }

  settling() {
    const cases = this.claims().flatMap((claimId) => {
      const moments = this.momentsOf(claimId);
      const [opened] = moments;
      const settled = moments.find(({ claim }) => claim.status === 'confirmed' || claim.status === 'denied');
      if (opened === undefined || settled === undefined) return [];
      const { data } = settled.stored.event;
      const first = this.wordsThen(claimId, settled.stored).toSorted()[0];
      return [
        {
          at: settled.stored.recordedAt,
          threadId: this.threadOf(claimId),
          status: settled.claim.status,
          sources: this.sourcesOf(settled.claim.computed[settled.claim.status === 'confirmed' ? 'for' : 'against']),
          recorded: seconds(opened.stored.recordedAt, settled.stored.recordedAt),
          stated: 'speaker' in data && first !== undefined ? seconds(first, data.statedAt) : null,
        },
      ];
    });
    return this.grouped(
      cases,
      (some) => ({
        cases: some.length,
        confirmed: some.filter(({ status }) => status === 'confirmed').length,
        denied: some.filter(({ status }) => status === 'denied').length,
        recorded: spread(some.map(({ recorded }) => recorded)),
        stated: spread(some.flatMap(({ stated }) => (stated === null ? [] : [stated]))),
      }),
      ({ sources }) => sources,
    );
  }

  reversals() {
    const cases = this.claims().flatMap((claimId) => {
      const confirmed = this.momentsOf(claimId).find(({ claim }) => claim.status === 'confirmed');
      if (confirmed === undefined) return [];
      const falls = this.changesOf(claimId).filter(
        ({ was, is }) => was === 'confirmed' && !['confirmed', 'moot', 'lapsed'].includes(is),
      );
      return [
        {
          at: confirmed.stored.recordedAt,
          threadId: this.threadOf(claimId),
          fall: falls[0]?.stored.event.type ?? null,
          sources: this.sourcesOf(confirmed.claim.computed.for),
        },
      ];
    });
    return this.grouped(
      cases,
      (some) => ({
        cases: some.length,
        fallen: some.filter(({ fall }) => fall !== null).length,
        fallenByVoid: some.filter(({ fall }) => fall === 'AttributionVoided').length,
      }),
      ({ sources }) => sources,
    );
  }

  denials() {
    const voided = this.voided();
    const seen = new Set<string>();
    const cases = [...this.ledger.words.values()].flatMap((word) => {
      const { source, claimId, stance, id, stored, threadId, group } = word;
      const isOne = stance === 'deny' && !voided.has(id) && source !== null;
      if (!isOne || !this.isInPeriod(stored.recordedAt) || seen.has(`${source} ${claimId}`)) return [];
      if (!this.isWithin(threadId)) return [];
      seen.add(`${source} ${claimId}`);
      const later = this.changesOf(claimId).filter(
        ({ was, is, stored: by }) =>
          is === 'confirmed' &&
          was !== 'confirmed' &&
          by.position > stored.position &&
          !by.event.type.endsWith('erged'),
      );
      const byOthers = later.some(({ claim }) => claim.computed.for.some((voice) => voice.group !== group));
      return [{ at: stored.recordedAt, threadId, source, byOthers }];
    });
    return this.grouped(
      cases,
      (some) => ({ cases: some.length, laterConfirmed: some.filter(({ byOthers }) => byOthers).length }),
      ({ source }) => (source === null ? [] : [source]),
    );
  }

  takeBacks() {
    const cases = this.ledger.takenBack.map(({ how, word, statedAt, stored, threadId }) => ({
      at: stored.recordedAt,
      threadId,
      how,
      imported: stored.context.batchId !== null,
      source: word.source,
      recorded: seconds(word.stored.recordedAt, stored.recordedAt),
      stated: statedAt === null ? null : seconds(word.statedAt, statedAt),
    }));
    return this.grouped(
      cases,
      (some) => {
        const real = some.filter(({ how }) => how !== 'voided');
        const voids = some.filter(({ how, imported }) => how === 'voided' && !imported);
        return {
          cases: real.length + voids.length,
          retracted: real.filter(({ how }) => how === 'retracted').length,
          corrected: real.filter(({ how }) => how === 'corrected').length,
          voided: voids.length,
          voidedByImport: some.length - real.length - voids.length,
          recorded: spread(real.map(({ recorded }) => recorded)),
          stated: spread(real.flatMap(({ stated }) => (stated === null ? [] : [stated]))),
        };
      },
      ({ source }) => (source === null ? [] : [source]),
    );
  }

  refusals() {
    const voided = this.voided();
    const cases = [...this.ledger.words.values()]
      .filter(({ stance, id }) => stance === 'no_comment' && !voided.has(id))
      .map(({ stored, threadId, claimId, source }) => ({ at: stored.recordedAt, threadId, claimId, source }));
    return this.grouped(
      cases,
      (some) => ({ cases: some.length, claims: new Set(some.map(({ claimId }) => claimId)).size }),
      ({ source }) => (source === null ? [] : [source]),
    );
  }

  /** Of all, and of each desk: intervals are checked by what adds up. */
  echoes() {
    const { from, to } = this.frame;
    const echoesAt = (isThen: (day: string) => boolean, desk: string | null) =>
      [...this.ledger.byThread].reduce((sum, [threadId, moments]) => {
        const last = moments.findLast(({ stored }) => isThen(dayOf(stored.recordedAt)));
        if (last === undefined || last.merged || !this.isWithin(threadId)) return sum;
        if (desk !== null && this.detailsNow(threadId).desk !== desk) return sum;
        const set = [...last.assessment.claims.values()].flatMap(({ computed }) => computed.setAside);
        return sum + set.filter(({ reason }) => reason === 'echo').length;
      }, 0);
    const words = [...this.ledger.words.values()].filter(
      ({ stored, threadId }) => this.isInPeriod(stored.recordedAt) && this.isWithin(threadId),
    );
    const row = (by: 'all' | 'desk', desk: string | null) => ({
      by,
      key: desk,
      label: desk,
      cases: words.filter(({ threadId }) => desk === null || this.detailsNow(threadId).desk === desk).length,
      echoes: echoesAt((day) => day <= to, desk) - echoesAt((day) => day < from, desk),
    });
    return [row('all', null), ...this.desks().map((desk) => row('desk', desk))];
  }

  openQuestions(at: string) {
    const cases = [...this.ledger.byThread].flatMap(([threadId, moments]) => {
      const last = moments.at(-1);
      if (last === undefined || last.merged) return [];
      return last.assessment.openQuestions.map((claimId) => {
        const openedAt = this.momentsOf(claimId)[0]?.stored.recordedAt ?? '';
        const age = seconds(openedAt, at);
        const days = age / 86_400;
        const bucket =
          days < 1 ? 'under_1_day' : days < 7 ? '1_to_7_days' : days < 30 ? '7_to_30_days' : 'over_30_days';
        return { at: openedAt, threadId, age, bucket };
      });
    });
    const rows = this.grouped(cases, (some) => ({ cases: some.length, age: spread(some.map(({ age }) => age)) }));
    const ages = [...groupBy(this.inFrame(cases), ({ bucket }) => bucket)].map(([key, some]) => ({
      by: 'age' as const,
      key,
      label: key,
      cases: some.length,
      age: spread(some.map(({ age }) => age)),
    }));
    return [...rows.filter(({ by }) => by !== 'interval'), ...ages];
  }

  /** By batch, and under null of all: threads and attributions that it brought there. */
  imported(): ReadonlyMap<string | null, { readonly threads: number; readonly attributions: number }> {
    const own = this.ledger.events.flatMap(({ stream, context, event }) => {
      const threadId = stream.startsWith('thread-') ? stream.slice(7) : null;
      if (context.batchId === null || threadId === null || !this.isWithin(threadId)) return [];
      return [{ batchId: context.batchId, threadId, words: 'speaker' in event.data ? 1 : 0 }];
    });
    const sum = (some: typeof own) => ({
      threads: new Set(some.map(({ threadId }) => threadId)).size,
      attributions: some.reduce((total, { words }) => total + words, 0),
    });
    const batches = groupBy(own, ({ batchId }) => batchId);
    return new Map([[null, sum(own)], ...[...batches].map(([id, some]) => [id, sum([...some])] as const)]);
  }

  /** Ids of events, the newest first. */
  acts(): readonly string[] {
    const types = [
      'AttributionVoided',
      'ClaimRuled',
      'RulingLifted',
      'ThreadPolicyChanged',
      'ThreadClosed',
      'ThreadReopened',
      'SourceRated',
      'PolicyAdopted',
    ];
    const isOne = ({ event }: StoredEvent) =>
      types.includes(event.type) || ('role' in event.data && event.data.role === 'absorbed');
    const isHere = ({ stream }: StoredEvent) =>
      (this.frame.desk === null && this.frame.topic === null) ||
      (stream.startsWith('thread-') && this.isWithin(stream.slice(7)));
    return this.ledger.events
      .filter((stored) => isOne(stored) && isHere(stored) && this.isInPeriod(stored.recordedAt))
      .map(({ id }) => id)
      .toReversed();
  }

  throughput() {
    const kinds: Readonly<Record<string, readonly string[]>> = {
      threadsOpened: ['ThreadOpened'],
      claimsOpened: ['ClaimOpened'],
      attributions: ['ClaimReported', 'ClaimConfirmed', 'ClaimDenied', 'CommentDeclined'],
      takeBacks: ['AttributionCorrected', 'AttributionRetracted', 'AttributionVoided'],
      rulings: ['ClaimRuled', 'RulingLifted'],
    };
    const named = Object.values(kinds).flat();
    const cases = this.ledger.events
      // A choice for the whole ledger is work on no thread and no source.
      .filter(({ event }) => event.type !== 'PolicyAdopted')
      .map((stored) => ({
        at: stored.recordedAt,
        threadId: stored.stream.startsWith('thread-') ? stored.stream.slice(7) : null,
        stored,
        source: stored.context.actor.id,
      }))
      .filter(({ threadId }) => threadId !== null || (this.frame.desk === null && this.frame.topic === null));
    const rows = this.grouped(
      cases,
      (some) => {
        const byHand = some.filter(({ stored }) => stored.context.batchId === null);
        const ofThreads = byHand.filter(({ threadId }) => threadId !== null);
        return {
          cases: some.length,
          ...Object.fromEntries(
            Object.entries(kinds).map(([kind, types]) => [
              kind,
              byHand.filter(({ stored }) => types.includes(stored.event.type)).length,
            ]),
          ),
          otherThreadEvents: ofThreads.filter(({ stored }) => !named.includes(stored.event.type)).length,
          sourceEvents: byHand.length - ofThreads.length,
          imported: some.length - byHand.length,
        };
      },
      ({ source }) => [source],
    );
    return rows.map((row) => (row.by === 'source' ? { ...row, by: 'actor' as const } : row));
  }

  private grouped<One extends Case, Result extends object>(
    cases: readonly One[],
    figures: (some: readonly One[]) => Result,
    sourcesOf?: (one: One) => readonly string[],
  ) {
    const own = this.inFrame(cases);
    const rows: (Omit<ReportGroup, 'cases'> & Result)[] = [{ by: 'all', key: null, label: null, ...figures(own) }];
    for (const [key, some] of groupBy(own, ({ at }) => this.intervalOf(at))) {
      rows.push({ by: 'interval', key, label: key, ...figures(some) });
    }
    for (const [key, some] of groupBy(own, ({ threadId }) =>
      threadId === null ? null : this.detailsNow(threadId).desk,
    )) {
      rows.push({ by: 'desk', key, label: key, ...figures(some) });
    }
    if (sourcesOf === undefined) return rows;
    const pairs = own.flatMap((one) => sourcesOf(one).map((source) => ({ source, one })));
    for (const [key, some] of groupBy(pairs, ({ source }) => source)) {
      rows.push({ by: 'source', key, label: null, ...figures(some.map(({ one }) => one)) });
    }
    return rows;
  }

  private inFrame<One extends Case>(cases: readonly One[]): readonly One[] {
    return cases.filter(({ at, threadId }) => this.isInPeriod(at) && (threadId === null || this.isWithin(threadId)));
  }

  private claimIds: readonly string[] | null = null;
  private claims(): readonly string[] {
    this.claimIds ??= [...new Set(this.ledger.moments.flatMap(({ assessment }) => [...assessment.claims.keys()]))];
    return this.claimIds;
  }

  private claimMoments: ReadonlyMap<string, readonly ClaimMoment[]> | null = null;
  /** Wherever it stood, as the log tells it. */
  private momentsOf(claimId: string): readonly ClaimMoment[] {
    if (this.claimMoments === null) {
      const all = new Map<string, ClaimMoment[]>();
      for (const { stored, threadId, assessment } of this.ledger.moments) {
        for (const [id, claim] of assessment.claims) {
          const own = all.get(id) ?? [];
          own.push({ stored, threadId, claim });
          all.set(id, own);
        }
      }
      this.claimMoments = all;
    }
    return this.claimMoments.get(claimId) ?? [];
  }

  /** From one event of a thread to the next. */
  private changesOf(claimId: string) {
    const threads = new Set(this.momentsOf(claimId).map(({ threadId }) => threadId));
    const changes = [...threads].flatMap((threadId) => {
      const moments = this.ledger.byThread.get(threadId) ?? [];
      return moments.slice(1).flatMap(({ stored, assessment }, index) => {
        const was = moments[index]?.assessment.claims.get(claimId)?.status;
        const claim = assessment.claims.get(claimId);
        if (claim === undefined || was === claim.status) return [];
        return [{ stored, claim, was: was ?? null, is: claim.status as string }];
      });
    });
    return changes.toSorted((a, b) => (a.stored.position < b.stored.position ? -1 : 1));
  }

  private holders: ReadonlyMap<string, readonly { readonly threadId: string }[]> | null = null;
  /** Of the threads that hold it now, the one that is not merged into another. */
  private threadOf(claimId: string): string {
    this.holders ??= groupBy(
      [...this.ledger.byThread.values()]
        .flatMap((moments) => moments.at(-1) ?? [])
        .filter(({ merged }) => !merged)
        .flatMap(({ threadId, assessment }) => [...assessment.claims.keys()].map((id) => ({ id, threadId }))),
      ({ id }) => id,
    );
    const [holder, ...others] = this.holders.get(claimId) ?? [];
    if (holder === undefined || others.length > 0) throw new Error(`Not one thread holds ${claimId}.`);
    return holder.threadId;
  }

  private wordsThen(claimId: string, { position }: StoredEvent): readonly string[] {
    this.wordsByClaim ??= groupBy([...this.ledger.words.values()], (word) => word.claimId);
    const voided = this.ledger.takenBack.filter(({ how, stored }) => how === 'voided' && stored.position <= position);
    const gone = new Set(voided.map(({ word }) => word.id));
    return (this.wordsByClaim.get(claimId) ?? [])
      .filter((word) => word.stored.position <= position && !gone.has(word.id))
      .map(({ statedAt }) => statedAt);
  }

  private wordsByClaim: ReadonlyMap<string, readonly Word[]> | null = null;

  private voided(): ReadonlySet<string> {
    return new Set(this.ledger.takenBack.flatMap(({ how, word }) => (how === 'voided' ? [word.id] : [])));
  }

  private sourcesOf(voices: ClaimAssessment['computed']['for']): readonly string[] {
    const ids = voices.flatMap(({ attributionIds }) => attributionIds);
    return [...new Set(ids.flatMap((id) => this.word(id).source ?? []))];
  }

  private word(id: string): Word {
    const word = this.ledger.words.get(id);
    if (word === undefined) throw new Error(`Nobody said ${id}.`);
    return word;
  }

  private detailsNow(threadId: string) {
    const details = this.ledger.byThread.get(threadId)?.at(-1)?.details;
    if (details === undefined) throw new Error(`There is no thread ${threadId}.`);
    return details;
  }

  private desks(): readonly string[] {
    return [...new Set([...this.ledger.byThread.keys()].map((id) => this.detailsNow(id).desk))];
  }

  private isWithin(threadId: string): boolean {
    const { desk, topics } = this.detailsNow(threadId);
    const { desk: wanted, topic } = this.frame;
    return (wanted === null || desk === wanted) && (topic === null || topics.includes(topic));
  }

  private isInPeriod(at: string): boolean {
    return dayOf(at) >= this.frame.from && dayOf(at) <= this.frame.to;
  }

  private intervalOf(at: string): string {
    const day = dayOf(at);
    if (this.frame.interval === 'day') return day;
    if (this.frame.interval === 'month') return `${day.slice(0, 7)}-01`;
    return plusDays(day, -((new Date(day).getUTCDay() + 6) % 7));
  }

  private lastDayOf(start: string): string {
    if (this.frame.interval === 'day') return start;
    if (this.frame.interval === 'week') return plusDays(start, 6);
    return plusDays(plusDays(start, 32).slice(0, 8).concat('01'), -1);
  }
}

interface ClaimMoment {
  readonly stored: StoredEvent;
  readonly threadId: string;
  readonly claim: ClaimAssessment;
}

function groupBy<One, Key>(all: readonly One[], keyOf: (one: One) => Key): ReadonlyMap<Key, readonly One[]> {
  const groups = new Map<Key, One[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const firm = (claim: ClaimAssessment) => claim.computed.for.filter((voice) => voice.firm);
const dayOf = (at: string) => at.slice(0, 10);
const minimum = (a: string, b: string) => (a < b ? a : b);
const seconds = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / 1_000;

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Between two neighbours in proportion, as PostgreSQL's manual defines percentile_cont. */
function spread(values: readonly number[]): Durations {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => {
    if (sorted.length === 0) return null;
    const place = part * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return { cases: values.length, p25: at(0.25), median: at(0.5), p75: at(0.75), p90: at(0.9) };
}
