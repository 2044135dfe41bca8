import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

test('no lane serves two at a time, all are used, and what waits has its turn in order', async () => {
  const lanes = new Lanes(['a', 'b']);
  const busy = new Set<string>();
  const served: string[] = [];
  const results = await Promise.all(
    [1, 2, 3, 4, 5].map((number) =>
      lanes.run(async (lane) => {
        expect(busy.has(lane)).toBe(false);
        busy.add(lane);
        served.push(`${lane}${number}`);
        await nextTurn();
        busy.delete(lane);
        return number;
      }),
    ),
  );
  expect(results).toEqual([1, 2, 3, 4, 5]);
  expect(served).toEqual(['a1', 'b2', 'a3', 'b4', 'a5']);
});

test('work that fails gives its lane back', async () => {
  const lanes = new Lanes(['a']);
  await expect(lanes.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await lanes.run(async (lane) => lane)).toBe('a');
});
