import { describe, expect, it } from 'vitest';
import type { ClaimStatus } from '../vocabulary.js';
import { threadStatus } from './thread-status.js';

const core = (...statuses: ClaimStatus[]) => statuses.map((status) => ({ core: true, status }));
const detail = (...statuses: ClaimStatus[]) => statuses.map((status) => ({ core: false, status }));

describe('the status of a thread', () => {
  it.each([
    ['open', 'it has no claim', []],
    ['open', 'it has details only', detail('confirmed')],
    ['open', 'nobody has said anything', [...core('open', 'open'), ...detail('open')]],
    ['developing', 'there is word on a detail before any on its core', [...core('open'), ...detail('reported')]],
    ['settled', 'its core is moot or lapsed', core('moot', 'lapsed')],
    ['disputed', 'one core claim is disputed', core('confirmed', 'disputed')],
    ['confirmed', 'all core claims are confirmed', [...core('confirmed', 'confirmed', 'moot'), ...detail('denied')]],
    ['denied', 'all are denied or retracted, one denied', core('denied', 'retracted')],
    ['retracted', 'all are retracted', core('retracted', 'retracted')],
    ['mixed', 'some are confirmed and some denied', core('confirmed', 'denied', 'reported')],
    ['mixed', 'some are confirmed and some retracted', core('confirmed', 'retracted')],
    ['partly_confirmed', 'some are confirmed', core('confirmed', 'reported')],
    ['developing', 'nothing is settled', core('reported', 'denied')],
    ['developing', 'one is open and one is not', core('open', 'unverified')],
  ] as const)('is %s when %s', (status, _, claims) => {
    expect(threadStatus(claims)).toBe(status);
  });
});
