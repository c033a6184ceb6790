import { STANDARD_1, type StatusPolicy } from './policy.js';

export interface PolicyFault {
  /** JSON pointer. */
  readonly at: string;
  readonly code: 'type' | 'required' | 'range' | 'unknown';
  /** What the value must be; never the value. */
  readonly detail: string;
}

const GROUPS_MAX = 20;
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const RULES: Readonly<Record<keyof StatusPolicy, (value: unknown) => string | null>> = {
  name: (value) =>
    typeof value === 'string' && NAME.test(value) && value.length <= 60
      ? null
      : 'Must be lower-case words joined by dashes, at most 60 characters.',
  version: (value) => whole(value, 1, 1_000_000),
  corroborationNeeds: (value) => whole(value, 1, GROUPS_MAX),
  disputeNeeds: (value) => whole(value, 1, GROUPS_MAX),
  trustedConduitVouches: flag,
  singleOfficialConfirms: flag,
  sameWordsAreOneVoice: flag,
};

/** What every policy is a variant of: parameters that are left out are those of standard-1. Name and version are needed. */
export function readPolicy(
  value: unknown,
): { readonly policy: StatusPolicy } | { readonly faults: readonly PolicyFault[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { faults: [{ at: '', code: 'type', detail: 'Must be an object.' }] };
  }
  const given = value as Readonly<Record<string, unknown>>;
  const faults: PolicyFault[] = [];
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(RULES, key)) {
      faults.push({
        at: `/${key}`,
        code: 'unknown',
        detail: `Is no parameter. Known: ${Object.keys(RULES).join(', ')}.`,
      });
    }
  }
  for (const [key, rule] of Object.entries(RULES)) {
    if (given[key] === undefined) {
      const isNeeded = key === 'name' || key === 'version';
      if (isNeeded) faults.push({ at: `/${key}`, code: 'required', detail: 'Is required.' });
      continue;
    }
    const detail = rule(given[key]);
    if (detail !== null) faults.push({ at: `/${key}`, code: 'range', detail });
  }
  // Each key is known and each value is what its rule asks for.
  return faults.length > 0 ? { faults } : { policy: { ...STANDARD_1, ...(given as Partial<StatusPolicy>) } };
}

function whole(value: unknown, min: number, max: number): string | null {
  const isWhole = Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  return isWhole ? null : `Must be a whole number from ${min} to ${max}.`;
}

function flag(value: unknown): string | null {
  return typeof value === 'boolean' ? null : 'Must be true or false.';
}
