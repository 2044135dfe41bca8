import { expect, test } from 'vitest';
import { type LifeListener, Lives } from './lives.ts';
import { wordOf } from './supervisor.ts';

class Heard implements LifeListener {
  readonly all: string[] = [];

  line(text: string): void {
    this.all.push(text);
  }

  word(word: { readonly event: string }): void {
    this.all.push(`(${word.event})`);
  }
}

test('a life hears what comes after its own beginning, and nothing that an earlier one left unread', () => {
  const lives = new Lives();
  const [first, second] = [new Heard(), new Heard()];

  lives.expect('life-1', first);
  for (const line of ['before any', 'redis-chaos: began life-1', 'one']) lives.take(line);
  lives.expect('life-2', second);
  for (const line of ['one, late', 'redis-chaos: ended 137', 'redis-chaos: wiped life-1']) {
    lives.take(line);
  }
  for (const line of ['redis-chaos: began life-2', 'two', 'redis-chaos: ended 0']) lives.take(line);
  lives.forget();
  lives.take('two, late');

  expect(first.all).toEqual(['(began)', 'one']);
  expect(second.all).toEqual(['(began)', 'two', '(ended)']);
});

test.each([
  ['redis-chaos: began life-12', { event: 'began', life: 'life-12' }],
  ['redis-chaos: data-lost life-1', { event: 'data-lost', life: 'life-1' }],
  ['redis-chaos: wiped life-1', { event: 'wiped', life: 'life-1' }],
  ['redis-chaos: ended 137', { event: 'ended', status: 137 }],
  ['redis-chaos: children life-1', { event: 'children', life: 'life-1', pids: [] }],
  ['redis-chaos: children life-1 7 12', { event: 'children', life: 'life-1', pids: [7, 12] }],
  ['redis-chaos: something else', undefined],
  ['7:M 01 Jan 2026 00:00:00.000 * redis-chaos: ended 137', undefined],
  ['', undefined],
])('%j is %j', (line, word) => expect(wordOf(line)).toEqual(word));
