import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REFUSAL_CODES } from './refusal.js';

const specs = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .map((file) => join(import.meta.dirname, file))
  .filter((file) => /decide.*\.spec\.ts$/.test(file))
  .map((file) => readFileSync(file, 'utf8'));

describe('the codes of refusals', () => {
  it.each(REFUSAL_CODES)('%s is refused in a spec of the deciders', (code) => {
    expect(specs.some((text) => text.includes(`'${code}'`))).toBe(true);
  });
});
