import { expect, test } from 'vitest';
import { randomCommands } from './random-commands.ts';

const names = (seed: number): Set<string> =>
  new Set(randomCommands({ seed, count: 5_000 }).map(([name]) => name));

test('the seed determines them', () => {
  expect(randomCommands({ seed: 1, count: 100 })).toEqual(randomCommands({ seed: 1, count: 100 }));
  expect(randomCommands({ seed: 1, count: 100 })).not.toEqual(
    randomCommands({ seed: 2, count: 100 }),
  );
});

test('as many as asked for, or so many more as the last transaction holds', () => {
  const drawn = randomCommands({ seed: 1, count: 1_000 }).filter(
    ([name]) => name !== 'MULTI' && name !== 'EXEC',
  );
  expect(drawn.length).toBeGreaterThanOrEqual(1_000);
  expect(drawn.length).toBeLessThan(1_006);
});

test('whatever the seed, every command comes', () => {
  expect(names(1).size).toBeGreaterThan(60);
  expect([...names(2)].sort()).toEqual([...names(1)].sort());
});

test('a transaction is never open at the end, nor in another', () => {
  let isOpen = false;
  for (const [name] of randomCommands({ seed: 3, count: 5_000 })) {
    if (name === 'MULTI') {
      expect(isOpen).toBe(false);
      isOpen = true;
    } else if (name === 'EXEC') {
      expect(isOpen).toBe(true);
      isOpen = false;
    }
  }
  expect(isOpen).toBe(false);
});
