import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

test('an answer is given on, as is an error', async () => {
  await expect(inTime(Promise.resolve('answer'), 1_000)).resolves.toBe('answer');
  await expect(inTime(Promise.reject(new Error('refused')), 1_000)).rejects.toThrow('refused');
});

test('what never comes is not waited for', async () => {
  await expect(inTime(new Promise(() => {}), 20)).rejects.toThrow('no answer within 20 ms');
});
