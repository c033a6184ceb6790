import { Refusal } from '../refusal.js';
import type { ClaimId } from '../vocabulary.js';

export function unknownClaim(claimId: ClaimId, field?: string): Refusal {
  return new Refusal(
    'claim_not_found',
    `This thread has no claim ${claimId}. Open the claim first, or correct the reference.`,
    field,
  );
}
