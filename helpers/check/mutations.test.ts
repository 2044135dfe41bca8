import { expect, test } from 'vitest';
import { MUTATED_KEY, MUTATIONS } from './mutations.ts';

test('mutations have names of their own and touch the one key that undoes them', () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  // Every supported server can make all but the newest differences.
  expect(MUTATIONS.filter(({ needs }) => needs === undefined).length).toBeGreaterThanOrEqual(36);
  for (const { setup, mutation } of MUTATIONS) {
    for (const command of [...setup, ...mutation]) expect(command).toContain(MUTATED_KEY);
  }
});

test('every mutation says in which words it must be found', () => {
  for (const { name, words } of MUTATIONS) expect(words, name).not.toHaveLength(0);
});
