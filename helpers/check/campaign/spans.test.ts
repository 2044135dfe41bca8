import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../property-seed.ts';
import { type Span, Spans } from './spans.ts';

const INSTANT = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 20 }) },
  fc.constantFrom(-Infinity, Infinity),
);
const SPANS: fc.Arbitrary<Span[]> = fc.array(
  fc
    .tuple(INSTANT, INSTANT)
    .map(([one, other]) => ({ fromMs: Math.min(one, other), untilMs: Math.max(one, other) })),
  { maxLength: 40 },
);

test('those that ended at an instant or later are found, in the order of their beginnings', () => {
  fc.assert(
    fc.property(SPANS, INSTANT, (spans, ms) => {
      expect([...new Spans(spans).endedSince(ms)]).toEqual(
        spans.filter(({ untilMs }) => untilMs >= ms).sort((a, b) => a.fromMs - b.fromMs || 0),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('one reaches from an instant to another if it began by the one, and not ended before the other', () => {
  fc.assert(
    fc.property(SPANS, INSTANT, INSTANT, (spans, beganMs, endedMs) => {
      expect(new Spans(spans).reach(beganMs, endedMs)).toBe(
        spans.some(({ fromMs, untilMs }) => fromMs <= beganMs && untilMs >= endedMs),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('of some of them, those alone', () => {
  const spans = new Spans([
    { fromMs: 1, untilMs: 9 },
    { fromMs: 2, untilMs: 3 },
  ]);
  expect([...spans.filter(({ untilMs }) => untilMs < 5).endedSince(0)]).toEqual([
    { fromMs: 2, untilMs: 3 },
  ]);
});
