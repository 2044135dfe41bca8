import { describe, expect, test } from 'vitest';
import { lossWindows } from './loss-windows.ts';
import { event, inForce, nodeFault, recordOf, sample, type Told } from './testing/records.ts';

type Window = readonly [node: string, fromMs: number, untilMs: number];

const three = (config: Record<string, string> = {}) => [
  { name: 'master', config },
  { name: 'heir', replicaOf: 'master', config },
  { name: 'other', replicaOf: 'master', config },
];
const ended = event(20_000, { what: 'ended', node: 'master' });
const started = event(25_000, { what: 'started', node: 'master' });
const promoted = event(22_000, { what: 'promoted', node: 'heir' });
const demoted = event(30_000, { what: 'demoted', node: 'master' });
const master = (atMs: number, offset: number) =>
  sample('master', atMs, { role: 'master', replid: 'one', offset });
const heir = (atMs: number, offset: number, replid = 'one') =>
  sample('heir', atMs, { role: 'replica', replid, offset, link: 'up' });
/** The heir had what the master acknowledged until 15 s. */
const lagging = [master(10_000, 100), master(15_000, 200), master(18_000, 300), heir(19_000, 200)];
const stop = nodeFault('f1', 'master', 'stop', 20_000);

function windowsOf(told: Told, scope: Parameters<typeof lossWindows>[1] = 'in the end'): Window[] {
  return lossWindows(recordOf(told), scope).map(
    ({ node, fromMs, untilMs }) => [node, fromMs, untilMs] as const,
  );
}

describe('nothing may be lost', () => {
  test.for<Told & { what: string }>([
    { what: 'nothing happened' },
    { what: 'a replica ended', events: [event(20_000, { what: 'ended', node: 'replica' })] },
    {
      what: 'a replica of those with Sentinels ended',
      nodes: three(),
      sentinels: 3,
      samples: [heir(19_000, 200)],
      events: [event(20_000, { what: 'ended', node: 'heir' })],
    },
    {
      what: 'the master keeps all',
      nodes: three({ appendonly: 'yes', appendfsync: 'always' }),
      events: [ended, started],
    },
    {
      what: 'the master saves before it stops',
      nodes: three({ save: '3600 1' }),
      faults: [stop],
      events: [ended, ...inForce(stop), started],
    },
  ])('$what', (told) => {
    expect(windowsOf(told)).toEqual([]);
  });
});

describe('a master that comes back with less', () => {
  test('may have lost all that anybody acknowledged', () => {
    const all = [
      ['master', 0, 20_000],
      ['heir', 0, 20_000],
      ['other', 0, 20_000],
    ];

    expect(windowsOf({ nodes: three(), events: [ended, started] })).toEqual(all);
    expect(windowsOf({ nodes: three({ save: '3600 1' }), events: [ended, started] })).toEqual(all);
  });

  test('may have lost its last seconds', () => {
    expect(windowsOf({ nodes: three({ appendonly: 'yes' }), events: [ended, started] })).toEqual([
      ['master', 16_000, 20_000],
      ['heir', 16_000, 20_000],
      ['other', 16_000, 20_000],
    ]);
  });

  test('may have done so twice: each time is one of its own', () => {
    const again = event(40_000, { what: 'ended', node: 'master' });
    const windows = windowsOf({ events: [ended, started, again] });

    expect(windows.filter(([node]) => node === 'master')).toEqual([
      ['master', 0, 20_000],
      ['master', 0, 20_000],
      ['master', 20_000, 40_000],
    ]);
  });

  test('does no harm once another is promoted; but who has not heard of that may see it', () => {
    const told = {
      nodes: three(),
      sentinels: 3,
      samples: lagging,
      events: [ended, promoted, started, demoted],
    };
    const isOfHistory = ([node, fromMs]: Window): boolean => node === 'master' && fromMs === 0;

    expect(windowsOf(told).filter(isOfHistory)).toEqual([]);
    expect(windowsOf(told, 'seen').filter(isOfHistory)).toEqual([['master', 0, 20_000]]);
  });
});

describe('a failover', () => {
  const told = { nodes: three(), sentinels: 3, samples: lagging, events: [promoted, demoted] };

  test('loses what the heir had not got, until the master is demoted', () => {
    expect(windowsOf(told)).toEqual([
      ['master', 13_000, 30_000],
      // Of whom nobody knows that it was never a master.
      ['other', 0, Infinity],
    ]);
  });

  test('is not judged by another history, whatever its offsets', () => {
    const before = sample('master', 18_500, { role: 'master', replid: 'zero', offset: 1 });

    expect(windowsOf({ ...told, samples: [...lagging, before] })[0]).toEqual([
      'master',
      13_000,
      30_000,
    ]);
  });

  test('may lose all, if it cannot be told what the heir had', () => {
    const all = ['master', 0, 30_000];

    expect(windowsOf({ ...told, samples: [] })[0]).toEqual(all);
    expect(windowsOf({ ...told, samples: [...lagging, heir(21_000, 5, 'another')] })[0]).toEqual(
      all,
    );
    const restarted = event(20_500, { what: 'started', node: 'heir' });
    expect(windowsOf({ ...told, events: [restarted, ...told.events] })[0]).toEqual(all);
  });

  test('is no business of deployments without Sentinels', () => {
    expect(windowsOf({ ...told, sentinels: 0 })).toEqual([]);
  });

  test('loses nothing of a later reign of the same node', () => {
    const back = event(40_000, { what: 'promoted', node: 'master' });
    const windows = windowsOf({ ...told, events: [promoted, demoted, back] });

    expect(windows.filter(([node]) => node === 'master')).toEqual([
      ['master', 13_000, 30_000],
      ['master', 0, 30_000],
    ]);
  });

  test('loses nothing from when the master is promoted again, though nobody saw it demoted', () => {
    const back = event(40_000, { what: 'promoted', node: 'master' });

    expect(windowsOf({ ...told, events: [promoted, back] })[0]).toEqual(['master', 13_000, 38_000]);
  });

  test('after another loses of each master what the heir had not got of it', () => {
    const second = [
      ...lagging,
      sample('heir', 25_000, { role: 'master', replid: 'two', offset: 210 }),
      sample('heir', 32_000, { role: 'master', replid: 'two', offset: 400 }),
      sample('other', 35_000, { role: 'replica', replid: 'two', offset: 400, link: 'up' }),
    ];
    const again = event(36_000, { what: 'promoted', node: 'other' });
    const gone = event(38_000, { what: 'demoted', node: 'heir' });
    const ofSecond = lossWindows(
      recordOf({ ...told, samples: second, events: [promoted, demoted, again, gone] }),
      'in the end',
    ).filter(({ cause }) => cause === 'the failover to other');

    expect(ofSecond.map(({ node, fromMs, untilMs }) => [node, fromMs, untilMs])).toEqual([
      ['master', 13_000, 30_000],
      ['master', 30_000, Infinity],
      ['heir', 30_000, 38_000],
    ]);
  });

  test('of a master that had come back says nothing of what it held before', () => {
    const rogue = [
      ...lagging,
      sample('master', 27_000, { role: 'master', replid: 'three', offset: 1 }),
      sample('other', 28_000, { role: 'replica', replid: 'three', offset: 5, link: 'up' }),
    ];
    const windows = windowsOf({
      ...told,
      samples: rogue,
      events: [ended, started, event(29_000, { what: 'promoted', node: 'other' }), demoted],
    });

    expect(windows).toContainEqual(['master', 0, 20_000]);
    expect(windows).toContainEqual(['master', 25_000, 30_000]);
  });

  test('that is taken back loses what was acknowledged meanwhile', () => {
    const back = event(30_000, { what: 'demoted', node: 'heir' });

    expect(windowsOf({ nodes: three(), sentinels: 3, events: [back] })).toEqual([
      ['heir', 0, 30_000],
    ]);
  });
});
