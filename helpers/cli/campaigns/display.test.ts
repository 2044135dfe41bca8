import { expect, test } from 'vitest';
import { smallPlan } from '../../campaign/draw/testing.ts';
import type { Progress } from '../../campaign/run/progress.ts';
import { Display, type Output } from './display.ts';

const plan = smallPlan();
const progress: Progress = {
  phase: 'chaos',
  elapsedMs: 1_000,
  totalMs: 20_000,
  nodes: plan.topology.nodes.map(({ name }) => ({ name, state: 'answers', offset: 1 })),
  faultsInForce: [],
  operations: { ok: 1, failed: 0, unknown: 0 },
  resyncs: { full: 1, partial: 0 },
  troubles: 0,
};
/** A line each for nodes, and eight others. */
const LINES = plan.topology.nodes.length + 8;

function shown(terminal: Omit<Output, 'write'>, term = 'xterm') {
  const written: string[] = [];
  const out = { ...terminal, write: (text: string) => written.push(text) };
  let nowMs = 0;
  const display = new Display(out, plan, () => nowMs, term);
  return {
    out,
    written,
    after: (ms: number) => {
      nowMs += ms;
      display.show(progress);
    },
  };
}

test('a terminal is drawn over in one place', () => {
  const { after, written } = shown({ isTTY: true, columns: 80, rows: 40 });
  after(0);
  after(500);
  expect(written[0]?.split('\n')).toHaveLength(LINES + 1);
  expect(written[1]).toBe(`\x1b[${LINES}A\r\x1b[0J${written[0]}`);
});

test('one with few rows is never asked for more of them', () => {
  const { after, written } = shown({ isTTY: true, columns: 80, rows: 8 });
  after(0);
  after(500);
  expect(written[0]?.split('\n')).toHaveLength(8);
  expect(written[1]?.startsWith('\x1b[7A')).toBe(true);
});

test('one that was made narrower wraps what it shows: all of that is drawn over', () => {
  const { after, out, written } = shown({ isTTY: true, columns: 80, rows: 40 });
  after(0);
  const widest = written[0]?.split('\n').map(({ length }) => length) ?? [];
  const wrapped = widest.filter((length) => length > 40 && length <= 80).length;
  out.columns = 40;
  after(500);
  expect(wrapped).toBeGreaterThan(0);
  expect(written[1]).toContain(`\x1b[${LINES + wrapped}A`);
});

test('one that does not tell its size is taken for a common one', () => {
  const { after, written } = shown({ isTTY: true, columns: 0, rows: 0 });
  after(0);
  expect(written[0]?.split('\n')).toHaveLength(LINES + 1);
});

test.for<[what: string, terminal: Omit<Output, 'write'>, term: string]>([
  ['a pipe', {}, 'xterm'],
  ['a terminal that cannot be drawn over', { isTTY: true, columns: 80, rows: 40 }, 'dumb'],
])('%s gets a line now and then', ([, terminal, term]) => {
  const { after, written } = shown(terminal, term);
  for (const ms of [0, 500, 4_000, 600]) after(ms);
  expect(written).toHaveLength(2);
  expect(written.join('')).not.toContain('\x1b');
});
