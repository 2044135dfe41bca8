import type { Operation } from '../../campaign/record.ts';
import type { Axis } from './axis.ts';
import type { Chart, Curve } from './curves.ts';
import { isRead } from './writes.ts';

/** A longer run is told in steps of more than a second. */
const MOST_STEPS = 3_600;

interface Step {
  readonly writesMs: number[];
  readonly readsMs: number[];
  failed: number;
  unknown: number;
  lost: number;
}

/** What clients saw: how long they waited, and what became of what they asked. By the time at which they asked. */
export function trafficCharts(
  operations: readonly Operation[],
  lost: ReadonlySet<Operation>,
  { readyAtMs, lengthMs }: Axis,
): readonly Chart[] {
  if (operations.length === 0) return [];
  const stepMs = Math.ceil(lengthMs / 1_000 / MOST_STEPS) * 1_000;
  const steps = Array.from({ length: Math.ceil(lengthMs / stepMs) }, emptyStep);
  for (const operation of operations) {
    const step = steps[Math.floor((operation.invokedAtMs - readyAtMs) / stepMs)];
    if (step !== undefined) enter(step, operation, lost.has(operation));
  }
  const atMs = steps.map((_, index) => index * stepMs);
  const each = stepMs === 1_000 ? 'second' : `${stepMs / 1_000} s`;
  const rate = (name: string, colour: number, countOf: (step: Step) => number): Curve => ({
    name,
    colour,
    values: steps.map((step) => round(countOf(step) / (stepMs / 1_000))),
  });
  return [
    {
      title: 'Client latency',
      note: `Of operations that were answered, for each ${each} of asking; the scale is logarithmic.`,
      unit: 'ms',
      scale: 'log',
      atMs,
      curves: [
        percentiles('write p50', 0, 0.5, ({ writesMs }) => writesMs, steps),
        percentiles('write p99', 1, 0.99, ({ writesMs }) => writesMs, steps),
        percentiles('read p50', 2, 0.5, ({ readsMs }) => readsMs, steps),
        percentiles('read p99', 3, 0.99, ({ readsMs }) => readsMs, steps),
      ].filter(({ values }) => values.some((value) => value !== null)),
    },
    {
      title: 'Operations',
      note: `By what became of them. Unknown: the client lost its connection or its patience, and the write may have happened.${lost.size > 0 ? ' Lost: acknowledged, and not there at the end.' : ''}`,
      unit: 'per second',
      scale: 'linear',
      atMs,
      curves: [
        rate('writes acknowledged', 0, ({ writesMs }) => writesMs.length),
        rate('reads answered', 2, ({ readsMs }) => readsMs.length),
        rate('failed', 1, ({ failed }) => failed),
        rate('unknown', 3, ({ unknown }) => unknown),
        ...(lost.size > 0 ? [rate('lost', 6, (step) => step.lost)] : []),
      ],
    },
  ];
}

function emptyStep(): Step {
  return { writesMs: [], readsMs: [], failed: 0, unknown: 0, lost: 0 };
}

function enter(step: Step, operation: Operation, isLost: boolean): void {
  const { outcome, invokedAtMs, completedAtMs } = operation;
  if (isLost) step.lost++;
  if (outcome === 'ok') {
    const tookMs = (completedAtMs ?? invokedAtMs) - invokedAtMs;
    (isRead(operation) ? step.readsMs : step.writesMs).push(tookMs);
  } else step[outcome]++;
}

function percentiles(
  name: string,
  colour: number,
  part: number,
  tookOf: (step: Step) => readonly number[],
  steps: readonly Step[],
): Curve {
  return {
    name,
    colour,
    values: steps.map((step) => {
      const sorted = tookOf(step).toSorted((a, b) => a - b);
      const value = sorted[Math.ceil(part * sorted.length) - 1];
      // A logarithmic scale has no 0; nor has the harness's clock anything finer.
      return value === undefined ? null : Math.max(0.01, round(value));
    }),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
