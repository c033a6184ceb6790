import type { ClaimStatus, ThreadStatus } from '../vocabulary.js';

/**
 * The status of a thread: its core claims that are neither moot nor lapsed decide. `open` means that nothing at all is
 * known: word on a detail makes a thread `developing` before there is any on its core, as the seed story expects.
 */
export function threadStatus(
  claims: readonly { readonly core: boolean; readonly status: ClaimStatus }[],
): ThreadStatus {
  const core = claims.filter((claim) => claim.core).map((claim) => claim.status);
  const live = core.filter((status) => status !== 'moot' && status !== 'lapsed');
  const all = (...statuses: ClaimStatus[]) => live.every((status) => statuses.includes(status));
  const some = (...statuses: ClaimStatus[]) => live.some((status) => statuses.includes(status));

  if (core.length === 0) return 'open';
  if (live.length === 0) return 'settled';
  if (claims.every(({ status }) => status === 'open')) return 'open';
  if (some('disputed')) return 'disputed';
  if (all('confirmed')) return 'confirmed';
  if (all('denied', 'retracted')) return some('denied') ? 'denied' : 'retracted';
  if (some('confirmed')) return some('denied', 'retracted') ? 'mixed' : 'partly_confirmed';
  return 'developing';
}
