import { expect, test } from 'vitest';
import { closingFromMs } from './draw-closing.ts';
import { drawPlan } from './draw-plan.ts';

const plans = Array.from({ length: 60 }, (_, index) =>
  drawPlan(index + 1, {}, { chaosMs: 30_000 }),
);

test('about half of all plans end with nothing but short cuts of links between nodes', () => {
  const closed = plans.filter((plan) => {
    const fromMs = closingFromMs(plan);
    const late = plan.faults.filter(
      ({ atMs, end }) => atMs + (end.after === 'time' ? end.ms : end.withinMs) > fromMs,
    );
    return (
      late.length > 0 &&
      late.every(
        (one) =>
          one.atMs >= fromMs &&
          one.on === 'link' &&
          one.from !== 'client' &&
          one.fault.kind === 'cut',
      )
    );
  });
  expect(closed.length).toBeGreaterThan(plans.length / 4);
  expect(closed.length).toBeLessThan(plans.length * 0.75);
});

test('they end before the chaos does', () => {
  for (const { faults, chaosMs } of plans) {
    for (const { atMs, end } of faults) {
      expect(atMs + (end.after === 'time' ? end.ms : end.withinMs)).toBeLessThanOrEqual(chaosMs);
    }
  }
});
