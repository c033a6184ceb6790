import {
  assessThread,
  type Recorded,
  type ThreadAssessment,
  type ThreadDetails,
  type ThreadEvent,
  threadDecider,
} from '#domain';
import type { EventStore, StoredEvent } from '#event-store';

/** A thread right after one of its events, as the whole policy says from nothing. */
export interface Moment {
  readonly stored: StoredEvent;
  readonly threadId: string;
  readonly assessment: ThreadAssessment;
  readonly merged: boolean;
  readonly details: ThreadDetails;
}

export interface Word {
  readonly id: string;
  readonly claimId: string;
  readonly stance: string;
  readonly source: string | null;
  readonly group: string | null;
  readonly tentative: boolean;
  readonly statedAt: string;
  readonly stored: StoredEvent;
  readonly threadId: string;
}

export interface TakenBack {
  readonly how: 'retracted' | 'corrected' | 'voided';
  readonly word: Word;
  readonly statedAt: string | null;
  readonly stored: StoredEvent;
  readonly threadId: string;
}

/** Everything that happened, told plainly, to count it a second way: no projection, no table, no running sum. */
export interface Ledger {
  readonly events: readonly StoredEvent[];
  readonly moments: readonly Moment[];
  readonly byThread: ReadonlyMap<string, readonly Moment[]>;
  readonly words: ReadonlyMap<string, Word>;
  readonly takenBack: readonly TakenBack[];
}

const STANCES: Readonly<Record<string, string>> = {
  ClaimReported: 'report',
  ClaimConfirmed: 'confirm',
  ClaimDenied: 'deny',
  CommentDeclined: 'no_comment',
};
const TAKEN_BACK: Readonly<Record<string, TakenBack['how']>> = {
  AttributionRetracted: 'retracted',
  AttributionCorrected: 'corrected',
  AttributionVoided: 'voided',
};

export async function readLedger(store: EventStore): Promise<Ledger> {
  const events: StoredEvent[] = [];
  const moments: Moment[] = [];
  const byThread = new Map<string, Moment[]>();
  const words = new Map<string, Word>();
  const takenBack: TakenBack[] = [];
  const states = new Map<string, ReturnType<typeof threadDecider.initialState>>();
  for await (const stored of store.readAll()) {
    events.push(stored);
    if (!stored.stream.startsWith('thread-')) continue;
    const threadId = stored.stream.slice('thread-'.length);
    const { event, revision, recordedAt } = stored;
    const recorded = { event: event as ThreadEvent, revision, recordedAt } satisfies Recorded<ThreadEvent>;
    const state = threadDecider.evolve(states.get(threadId) ?? threadDecider.initialState(), recorded);
    states.set(threadId, state);
    if (state.details === null) throw new Error(`${stored.stream} has no details.`);
    const moment = {
      stored,
      threadId,
      assessment: assessThread(state),
      merged: state.lifecycle === 'merged',
      details: state.details,
    };
    moments.push(moment);
    byThread.set(threadId, [...(byThread.get(threadId) ?? []), moment]);
    const { data } = event;
    if ('speaker' in data) {
      const { attributionId: id, claimId, speaker, tentative, statedAt } = data;
      const [source, group] = [speaker?.sourceId ?? null, speaker?.group ?? null];
      const stance = STANCES[event.type] ?? '';
      words.set(id, { id, claimId, stance, source, group, tentative, statedAt, stored, threadId });
    }
    const how = TAKEN_BACK[event.type];
    if (how !== undefined && 'attributionId' in data) {
      const word = words.get(data.attributionId);
      if (word === undefined) throw new Error('Nobody takes back what was never recorded.');
      takenBack.push({ how, word, statedAt: 'statedAt' in data ? data.statedAt : null, stored, threadId });
    }
  }
  return { events, moments, byThread, words, takenBack };
}
