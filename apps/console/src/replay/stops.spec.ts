import { describe, expect, it } from 'vitest';
import type { Attribution, ReplayStep } from '../api/types.js';
import { knownStandings, knownStops, saidStops } from './stops.js';

const standing = (status: string) => ({ status, origin: 'policy', rule: 'R1', basis: null, challenged: false });
const step = (revision: number, type: string, claim: string | null, to: string | null, thread = 'open') =>
  ({
    revision: String(revision),
    type,
    recordedAt: `2023-09-11T10:0${revision}:00.000Z`,
    sentence: `${type} ${claim ?? ''}`,
    claimId: claim,
    claims: claim === null || to === null ? [] : [{ claimId: claim, from: null, to: standing(to) }],
    threadStatus: thread,
  }) as unknown as ReplayStep;

const story = [
  step(0, 'ThreadOpened', null, null),
  step(1, 'ClaimOpened', 'a', 'open'),
  step(2, 'ClaimOpened', 'b', 'open'),
  step(3, 'ClaimReported', 'a', 'reported', 'developing'),
  step(4, 'ClaimOpened', 'c', 'open', 'developing'),
  step(5, 'ClaimConfirmed', 'a', 'confirmed', 'confirmed'),
];

describe('the stops of what was known', () => {
  it('take the opening with its claims as one, and every later event by itself', () => {
    const stops = knownStops(story);
    expect(stops.map(({ moment }) => moment)).toEqual(['2', '3', '4', '5'].map((revision) => ({ revision })));
    expect(stops[0]?.sentences).toEqual(['ThreadOpened  with 2 claims']);
    expect(stops[1]?.claimIds).toEqual(['a']);
  });

  it('have each how everything stood there', () => {
    const standings = knownStandings(story);
    expect(standings).toHaveLength(4);
    expect(standings.map(({ thread }) => thread)).toEqual(['open', 'developing', 'developing', 'confirmed']);
    expect(standings.map(({ claims }) => claims.get('a'))).toEqual(['open', 'reported', 'reported', 'confirmed']);
    expect(standings.map(({ claims }) => claims.has('c'))).toEqual([false, false, true, true]);
  });

  it('of a thread just opened are one, and of nothing none', () => {
    expect(knownStops(story.slice(0, 1))).toHaveLength(1);
    expect(knownStops([])).toEqual([]);
  });
});

describe('the stops of what was said', () => {
  const said = (attributionId: string, statedAt: string) => ({ attributionId, statedAt, claimId: 'a' }) as Attribution;
  const tell = ({ attributionId }: Attribution) => attributionId;

  it('come in the order of saying, whatever the order of recording, and together when said together', () => {
    const stops = saidStops(
      [said('2', '2023-09-11T10:00:00Z'), said('1', '2023-08-30T10:00:00Z'), said('3', '2023-09-11T10:00:00Z')],
      tell,
    );
    expect(stops.map(({ sentences }) => sentences)).toEqual([['1'], ['2', '3']]);
  });

  it('are few, however long the story', () => {
    const many = Array.from({ length: 500 }, (_, n) => said(`${n}`, new Date(n * 61_000).toISOString()));
    const stops = saidStops(many, tell);
    expect(stops.length).toBeLessThanOrEqual(48);
    expect(stops.flatMap(({ sentences }) => sentences)).toHaveLength(500);
  });
});
