import { expect, test } from 'vitest';
import { messageOf } from './errors.ts';

test('the message of a failed fetch says what failed in it', async () => {
  const failed = await fetch('http://127.0.0.1:1').catch((thrown: unknown) => thrown);
  expect(messageOf(failed)).toMatch(/^fetch failed: (connect ECONNREFUSED|bad port)/);
});

test('a cleanup that fails, too, does not hide what failed first', () => {
  const thrown = new SuppressedError(new Error('not removed'), new Error('not started'));
  expect(messageOf(thrown)).toBe('not started; and then: not removed');
});

test('several errors are told one after the other', () => {
  const refused = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
  expect(messageOf(refused)).toBe('::1 refused; 127.0.0.1 refused');
});

test('anything can be thrown', () => {
  expect(messageOf('a word')).toBe('a word');
});
