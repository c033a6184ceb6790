import { ApiError, type FieldError } from '../problems/api-error.js';

const MAX_DEPTH = 32;

/** Asked before anything else looks at a body: whatever goes through it by recursion may then do so. */
export function depthError(body: unknown): ApiError | null {
  return goesDeeper(body, MAX_DEPTH + 1) ? tooDeep() : null;
}

function goesDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => goesDeeper(child, levels - 1));
}

function tooDeep(): ApiError {
  return new ApiError('malformed_json', `The body nests more than ${MAX_DEPTH} levels deep.`);
}

/**
 * Refuses what could mislead the code that reads the body: nesting that would exhaust the stack of anything recursive,
 * and keys that every object inherits (`constructor`, `toString`), which look declared without being so.
 * Goes through the value without recursion itself.
 */
export function assertPlainJson(body: unknown): void {
  const errors: FieldError[] = [];
  let level: { readonly value: unknown; readonly pointer: string }[] = [{ value: body, pointer: '' }];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw tooDeep();
    const next: { readonly value: unknown; readonly pointer: string }[] = [];
    for (const { value, pointer } of level) {
      if (typeof value !== 'object' || value === null) continue;
      const inherited = Array.isArray(value) ? [] : Object.keys(value).filter((key) => key in Object.prototype);
      for (const key of inherited) {
        errors.push({
          pointer: `${pointer}/${escapePointer(key)}`,
          code: 'unknown_field',
          detail: 'Is not a field here.',
        });
      }
      for (const [key, child] of Object.entries(value)) {
        if (typeof child === 'object' && child !== null) {
          next.push({ value: child, pointer: `${pointer}/${escapePointer(key)}` });
        }
      }
    }
    level = next;
  }
  if (errors.length > 0) throw new ApiError('invalid_request', 'The body has fields of reserved names.', { errors });
}

/** RFC 6901. */
export function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
