import { expect, test } from 'vitest';
import { Pool } from './pool.ts';

const pool = (): Pool<string> => new Pool((index) => `container ${index}`);

test('one that was given back is taken before another is made, the last one back first', () => {
  const containers = pool();
  const [a, b] = [containers.take(), containers.take()];
  containers.giveBack(b);
  containers.giveBack(a);

  expect([containers.take(), containers.take(), containers.take()]).toEqual([a, b, 'container 2']);
  expect(containers.all).toEqual(['container 0', 'container 1', 'container 2']);
});

test('one given back twice is not taken by two', () => {
  const containers = pool();
  const a = containers.take();
  containers.giveBack(a);
  containers.giveBack(a);

  expect([containers.take(), containers.take()]).toEqual([a, 'container 1']);
});

test('one that was dropped never comes back, nor does its number', () => {
  const containers = pool();
  const a = containers.take();
  containers.drop(a);
  containers.giveBack(a);

  expect(containers.take()).toBe('container 1');
  expect(containers.all).toEqual(['container 1']);
});
