import { expect, test } from 'vitest';
import type { PlannedFault } from '../../campaign/plan.ts';
import type { RecordedResync } from '../../campaign/record.ts';
import { axisOf } from './axis.ts';
import { type Lane, lanesOf } from './lanes.ts';
import type { ReportedRun } from './reported-run.ts';
import { at, cut, event, sample, smallRun } from './testing/small-run.ts';

function lanes({ record }: ReportedRun): Readonly<Record<string, Lane>> {
  return Object.fromEntries(lanesOf(record, axisOf(record)).map((lane) => [lane.name, lane]));
}

const resync = {
  type: 'resync',
  upstream: 'master',
  replica: 'replica-1',
  kind: 'partial',
  reason: 'in-backlog',
} as const;

test('every node and every planned link has a lane, also where nothing happened', () => {
  const all = lanes(smallRun({}));
  expect(Object.keys(all)).toEqual(['master', 'replica-1', 'replica-1 → master']);
});

test('what is not in the topology and has something to show has a lane, too', () => {
  const pause: PlannedFault = {
    id: 'f2',
    on: 'node',
    node: 'sentinel-2',
    fault: { kind: 'pause' },
    atMs: 0,
    end: { after: 'time', ms: 1 },
  };
  const faults = [{ ...cut('f1', 1, 1), from: 'client' } as PlannedFault, pause];
  const events = [
    event(1, { what: 'fault', fault: 'f1' }),
    event(2, { what: 'fault', fault: 'f2' }),
  ];
  const resyncs: RecordedResync[] = [
    { ...resync, atMs: at(3), upstream: 'replica-1', replica: 'master' },
  ];
  expect(Object.keys(lanes(smallRun({ faults, events, resyncs })))).toEqual([
    'master',
    'replica-1',
    'sentinel-2',
    'replica-1 → master',
    'master → replica-1',
    'client → master',
  ]);
});

test('a fault lies where it was in force, not where it was planned', () => {
  const faults = [cut('f1', 10, 5)];
  const events = [
    event(11, { what: 'fault', fault: 'f1', effect: 'refused after 1 ms' }),
    event(26, { what: 'heal', fault: 'f1' }),
  ];
  const lane = lanes(smallRun({ faults, events }))['replica-1 → master'];
  expect(lane?.faults).toHaveLength(1);
  expect(lane?.faults[0]?.[0]).toMatchObject({
    from: 11,
    width: 15,
    look: 'fault-link',
    label: 'cut',
  });
  expect(lane?.faults[0]?.[0]?.title).toMatch(
    /^f1: cut replica-1 → master, for 5\.0 s\nSeen to bite: refused after 1 ms\n11\.000 s to 26\.000 s \(15\.0 s, from 2026-/,
  );
});

test('a fault that was passed over is no bar, one that never healed lasts to the end', () => {
  const faults = [cut('f1', 10, 5), cut('f2', 20, 5)];
  const events = [
    event(10, { what: 'passed-over', fault: 'f1', reason: 'the node is down' }),
    event(20, { what: 'fault', fault: 'f2' }),
  ];
  const [row] = lanes(smallRun({ faults, events }))['replica-1 → master']?.faults ?? [];
  expect(row?.map(({ from, width }) => [from, width])).toEqual([[20, 80]]);
});

test('faults that are in force together stand in rows of their own, others share one', () => {
  const faults = [cut('f1', 0, 0), cut('f2', 0, 0), cut('f3', 0, 0)];
  const spans = { f1: [10, 30], f2: [20, 40], f3: [30, 50] };
  const events = Object.entries(spans).flatMap(([fault, [from = 0, to = 0]]) => [
    event(from, { what: 'fault', fault }),
    event(to, { what: 'heal', fault }),
  ]);
  const rows = lanes(smallRun({ faults, events }))['replica-1 → master']?.faults ?? [];
  expect(rows.map((row) => row.map(({ from }) => from))).toEqual([[10, 30], [20]]);
});

test('a node is what it last said of itself, until it says something else', () => {
  const samples = [
    sample('master', 0, { role: 'master' }),
    sample('master', 10, { role: 'master' }),
    sample('master', 20, { state: 'paused' }),
    sample('master', 40, { role: 'master' }),
    sample('master', 60, { role: 'replica' }),
    sample('master', 80, { state: 'ended' }),
    sample('master', 90, { state: 'loading' }),
    sample('master', 100, { role: 'replica' }),
  ];
  const states = lanes(smallRun({ samples }))['master']?.states ?? [];
  expect(states.map(({ look, from, width }) => [look, from, width])).toEqual([
    ['master', 0, 20],
    ['paused', 20, 20],
    ['master', 40, 20],
    ['replica', 60, 20],
    ['ended', 80, 10],
    ['loading', 90, 10],
    ['replica', 100, 0],
  ]);
});

test('a link is up, down or in a full resync as its replica says, in the lane of the upstream that it follows', () => {
  const samples = [
    sample('replica-1', 0, { link: 'up' }),
    sample('replica-1', 10, { link: 'down' }),
    sample('replica-1', 20, { link: 'down', syncInProgress: true }),
    sample('replica-1', 30, { link: 'up' }),
    sample('replica-1', 60, { link: 'up' }),
    sample('replica-1', 100, { link: 'up' }),
  ];
  const resyncs = [{ ...resync, atMs: at(60), upstream: 'other' }];
  const all = lanes(smallRun({ samples, resyncs }));
  const looks = (name: string) =>
    all[name]?.states.map(({ look, from, width }) => [look, from, width]);
  expect(looks('replica-1 → master')).toEqual([
    ['up', 0, 10],
    ['down', 10, 10],
    ['syncing', 20, 10],
    ['up', 30, 30],
  ]);
  expect(looks('replica-1 → other')).toEqual([['up', 60, 40]]);
});

test('resyncs are marked by kind with their bytes, those that the model objects to apart, those before ready not at all', () => {
  const resyncs: RecordedResync[] = [
    { ...resync, atMs: at(-1), kind: 'full' },
    { ...resync, atMs: at(25), backlogBytes: 40_275 },
    { ...resync, atMs: at(50), kind: 'full', reason: 'lack-of-backlog' },
    { ...resync, atMs: at(75), modelObjects: 'it had lost them' },
  ];
  const { marks = [] } = lanes(smallRun({ resyncs }))['replica-1 → master'] ?? {};
  expect(marks.map((mark) => [mark.at, mark.look, mark.label])).toEqual([
    [25, 'partial', '39 KB'],
    [50, 'full', 'full'],
    [75, 'objected', 'partial'],
  ]);
  expect(marks[2]?.title).toMatch(
    /^partial resync: in-backlog; the model objects: it had lost them\n75\.000 s \(2026/,
  );
});

test('ends, starts and changes of role are marked on their node', () => {
  const events = (['ended', 'started', 'promoted', 'demoted'] as const).map((what, index) =>
    event(10 * index, { what, node: 'replica-1' }),
  );
  const all = lanes(smallRun({ events }));
  expect(all['replica-1']?.marks.map(({ at: where, look }) => [where, look])).toEqual([
    [0, 'ended'],
    [10, 'started'],
    [20, 'promoted'],
    [30, 'demoted'],
  ]);
  expect(all['master']?.marks).toEqual([]);
});
