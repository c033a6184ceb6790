import { describe, it } from 'vitest';
import { specOf } from '../testing/given.js';
import { sourceDecider } from './source.decider.js';
import type { SourceEvent } from './source.events.js';

const { given } = specOf(sourceDecider);
const reason = 'For the record.';

describe('sources', () => {
  const facts = { name: 'The Kremlin', kind: 'government', group: 'government:ru', trustedConduit: false } as const;
  const registered: SourceEvent = { type: 'SourceRegistered', data: { sourceId: 'source', key: 'kremlin', ...facts } };
  const register = { type: 'RegisterSource', sourceId: 'source', key: 'kremlin', details: facts } as const;
  const sealed: SourceEvent = { type: 'SourceSealed', data: { label: 'An official', commitment: null, reason } };

  it('are registered once for a key', () => {
    given().when(register).then(registered);
    given(registered)
      .when({ ...register, details: { ...facts, name: 'Kremlin' } })
      .thenRefuses('source_key_taken', '/key');
  });
  it('are revised as a whole and rated', () => {
    given(registered)
      .when({ type: 'ReviseSource', changes: { trustedConduit: true }, reason: null })
      .then({ type: 'SourceRevised', data: { ...facts, trustedConduit: true, reason: null } });
    given(registered)
      .when({ type: 'RateSource', rating: 'B', reason })
      .then({ type: 'SourceRated', data: { rating: 'B', reason } });
  });
  it('that are sealed show their label for ever', () => {
    given(registered).when({ type: 'SealSource', label: 'An official', commitment: null, reason }).then(sealed);
    given(registered, sealed)
      .when({ type: 'ReviseSource', changes: { name: 'His name' }, reason: null })
      .thenRefuses('source_sealed', '/name');
  });
  it('are sealed before their identity is erased', () => {
    given(registered).when({ type: 'EraseSourceIdentity', reason }).thenRefuses('source_not_sealed');
    given(registered, sealed)
      .when({ type: 'EraseSourceIdentity', reason })
      .then({ type: 'SourceIdentityErased', data: { reason } });
  });
  it('keep what a revision leaves out, and one that changes nothing decides nothing', () => {
    given(registered).when({ type: 'ReviseSource', changes: {}, reason: null }).thenNothing();
    given(registered)
      .when({ type: 'ReviseSource', changes: { name: 'Kremlin', group: 'government:ru' }, reason })
      .then({ type: 'SourceRevised', data: { ...facts, name: 'Kremlin', reason } });
  });
  it('that are sealed can still be revised in all but their name, and rated', () => {
    given(registered, sealed)
      .when({ type: 'ReviseSource', changes: { name: 'An official', group: 'government:by' }, reason: null })
      .then({
        type: 'SourceRevised',
        data: { ...facts, name: 'An official', group: 'government:by', reason: null },
      });
    given(registered, sealed)
      .when({ type: 'RateSource', rating: 'F', reason })
      .then({ type: 'SourceRated', data: { rating: 'F', reason } });
  });
  it('without a key are registered each for itself', () => {
    given()
      .when({ ...register, key: null })
      .then({ type: 'SourceRegistered', data: { sourceId: 'source', key: null, ...facts } });
  });
  it('that are unknown refuse all but their registration', () => {
    given().when({ type: 'RateSource', rating: 'A', reason }).thenRefuses('source_not_found');
  });
});
