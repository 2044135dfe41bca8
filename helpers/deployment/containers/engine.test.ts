import { expect, test } from 'vitest';
import { answering } from './engine.ts';

test('an answer is given on, as is an error', async () => {
  await expect(answering(Promise.resolve('answer'), 1_000)).resolves.toBe('answer');
  await expect(answering(Promise.reject(new Error('refused')), 1_000)).rejects.toThrow('refused');
});

test('an engine that never answers is not waited for', async () => {
  await expect(answering(new Promise(() => {}), 20)).rejects.toThrow('no answer within 20 ms');
});
