import type { Decider, Recorded } from '../decider.js';
import { Refusal } from '../refusal.js';
import type { RegisterSource, SourceCommand } from './source.commands.js';
import type { SourceDetails, SourceEvent } from './source.events.js';
import type { SourceState } from './source.state.js';

export const sourceDecider: Decider<SourceState, SourceCommand, SourceEvent> = {
  initialState: initialSourceState,
  decide: decideSource,
  evolve: evolveSource,
};

function initialSourceState(): SourceState {
  return {
    sourceId: null,
    key: null,
    details: null,
    rating: null,
    sealed: false,
    commitment: null,
    identityErased: false,
    revision: -1n,
  };
}

function decideSource(command: SourceCommand, state: SourceState): readonly SourceEvent[] {
  if (command.type === 'RegisterSource') return decideRegister(command, state);
  const { sourceId, details } = state;
  if (sourceId === null || details === null) {
    throw new Refusal('source_not_found', 'There is no such source. Register it with POST /v1/sources.');
  }
  switch (command.type) {
    case 'ReviseSource': {
      if (state.sealed && command.changes.name !== undefined && command.changes.name !== details.name) {
        throw new Refusal(
          'source_sealed',
          `Source ${sourceId} is sealed: only its label "${details.name}" may be shown. Leave the name as it is.`,
          '/name',
        );
      }
      const revised = { ...details, ...command.changes };
      if (sameDetails(details, revised)) return [];
      return [{ type: 'SourceRevised', data: { ...revised, reason: command.reason } }];
    }
    case 'RateSource':
      if (state.rating === command.rating) return [];
      return [{ type: 'SourceRated', data: { rating: command.rating, reason: command.reason } }];
    case 'SealSource': {
      if (state.sealed) return [];
      const { label, commitment, reason } = command;
      return [{ type: 'SourceSealed', data: { label, commitment, reason } }];
    }
    case 'EraseSourceIdentity':
      if (!state.sealed) {
        throw new Refusal(
          'source_not_sealed',
          `Source ${sourceId} is not sealed. Seal it before erasing its identity.`,
        );
      }
      return state.identityErased ? [] : [{ type: 'SourceIdentityErased', data: { reason: command.reason } }];
  }
}

function decideRegister({ sourceId, key, details }: RegisterSource, state: SourceState): readonly SourceEvent[] {
  if (state.details === null) return [{ type: 'SourceRegistered', data: { sourceId, key, ...details } }];
  if (state.key === key && sameDetails(state.details, details)) return [];
  throw new Refusal(
    'source_key_taken',
    `The key "${state.key}" belongs to source ${state.sourceId}, which is registered with other details. Revise that source, or choose another key.`,
    '/key',
  );
}

function evolveSource(state: SourceState, { event, revision }: Recorded<SourceEvent>): SourceState {
  state.revision = revision;
  switch (event.type) {
    case 'SourceRegistered': {
      const { sourceId, key, ...details } = event.data;
      return Object.assign(state, { sourceId, key, details });
    }
    case 'SourceRevised': {
      const { reason: _, ...details } = event.data;
      return Object.assign(state, { details });
    }
    case 'SourceRated':
      return Object.assign(state, { rating: event.data.rating });
    case 'SourceSealed':
      return Object.assign(state, {
        sealed: true,
        commitment: event.data.commitment,
        details: state.details && { ...state.details, name: event.data.label },
      });
    case 'SourceIdentityErased':
      return Object.assign(state, { identityErased: true });
  }
}

function sameDetails(a: SourceDetails, b: SourceDetails): boolean {
  return a.name === b.name && a.kind === b.kind && a.group === b.group && a.trustedConduit === b.trustedConduit;
}
