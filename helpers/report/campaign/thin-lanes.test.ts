import { expect, test } from 'vitest';
import type { Bar, Mark } from './lanes.ts';
import { thinnedBars, thinnedMarks } from './thin-lanes.ts';

const bar = (from: number, width: number, look: string): Bar => ({
  from,
  width,
  look,
  label: look,
  title: `${look} at ${from}`,
});
const mark = (at: number, look: Mark['look'] = 'full'): Mark => ({
  at,
  look,
  label: look,
  title: `${look} at ${at}`,
});

/** So many bars side by side, up and down in turns. */
const flapping = (count: number, width = 100 / count): Bar[] =>
  Array.from({ length: count }, (_, at) => bar(at * width, width, at % 2 === 0 ? 'up' : 'down'));

test('few are left as they are', () => {
  const bars = flapping(400);
  expect(thinnedBars(bars)).toBe(bars);
  const marks = bars.map(({ from }) => mark(from));
  expect(thinnedMarks(marks)).toBe(marks);
});

test('many become few, which are what the worst of them is and cover what they covered', () => {
  const thinned = thinnedBars(flapping(10_000));
  expect(thinned.length).toBeLessThanOrEqual(420);
  expect(new Set(thinned.map(({ look }) => look))).toEqual(new Set(['down']));
  let end = 0;
  for (const { from, width } of thinned) {
    expect(from).toBeCloseTo(end, 2);
    end = from + width;
  }
  expect(end).toBeCloseTo(100, 2);
  expect(thinned[0]?.title).toBe('13 × up, 12 × down, of which the first:\nup at 0');
});

test('a long bar stays what it is, and a short bad one beside it is seen', () => {
  const long = bar(50, 40, 'up');
  const thinned = thinnedBars([...flapping(1_000, 0.05), long, bar(90, 0.001, 'down')]);
  expect(thinned).toContain(long);
  expect(thinned.at(-1)).toEqual(bar(90, 0.001, 'down'));
});

test('of marks each kind is kept where it is', () => {
  const thinned = thinnedMarks([
    ...Array.from({ length: 1_000 }, (_, at) => mark(at / 100)),
    mark(10.01, 'partial'),
    mark(99, 'objected'),
  ]);
  expect(thinned.length).toBeLessThanOrEqual(43);
  expect(thinned[0]).toEqual({
    at: 0,
    look: 'full',
    label: '25 ×',
    title: 'full at 0\nand right after it 24 more of the kind',
  });
  expect(thinned.slice(-2)).toEqual([mark(10.01, 'partial'), mark(99, 'objected')]);
});
