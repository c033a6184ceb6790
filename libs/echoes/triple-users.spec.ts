import { describe, expect, it } from 'vitest';
import { TripleUsers } from './triple-users.js';

function usersOf(users: TripleUsers, triple: number): readonly number[] {
  const seen: number[] = [];
  users.each(triple, (user) => seen.push(user));
  return seen.toSorted((a, b) => a - b);
}

describe('the users of triples', () => {
  it('are those that were added, whatever number stands for the triple and however many there are', () => {
    const users = new TripleUsers();
    const triples = Array.from({ length: 5_000 }, (_, n) => Math.imul(n, 0x5bd1e995) | 0);
    for (const [n, triple] of triples.entries()) {
      users.add(triple, n);
      users.add(triple, n + 1);
    }
    for (const [n, triple] of triples.entries()) expect(usersOf(users, triple)).toEqual([n, n + 1]);
    expect(usersOf(users, 7)).toEqual([]);
  });

  it('are the first of those who use what everybody does', () => {
    const users = new TripleUsers();
    for (let user = 0; user < 1_000; user++) users.add(-1, user);
    expect(usersOf(users, -1)).toEqual(Array.from({ length: 200 }, (_, user) => user));
  });
});
