import { expect, test } from 'vitest';
import type { LinkFaultSpec, NodeFaultSpec, PlannedFault } from '../../campaign/plan.ts';
import { faultOutcomes, injectedByKind } from './faults.ts';
import { faultLabel, faultWords, planWords, subjectOf } from './plan-words.ts';
import { at, cut, event, smallRun } from './testing/small-run.ts';

const end = { after: 'time', ms: 4_000 } as const;

function onLink(fault: LinkFaultSpec): PlannedFault {
  return { id: 'f1', on: 'link', from: 'replica-1', to: 'master', fault, atMs: 0, end };
}

function onNode(fault: NodeFaultSpec): PlannedFault {
  return { id: 'f1', on: 'node', node: 'replica-1', fault, atMs: 0, end };
}

test.for<readonly [PlannedFault, string, string]>([
  [onLink({ kind: 'cut' }), 'cut', 'cut replica-1 → master, for 4.0 s'],
  [onLink({ kind: 'reset' }), 'reset', 'reset connections of replica-1 → master, for 4.0 s'],
  [
    onLink({ kind: 'half-open', direction: 'upstream' }),
    'half-open ↑',
    'drop all bytes upstream on replica-1 → master, for 4.0 s',
  ],
  [
    onLink({ kind: 'hold', direction: 'downstream' }),
    'hold ↓',
    'hold all bytes downstream on replica-1 → master, for 4.0 s',
  ],
  [
    onLink({ kind: 'latency', direction: 'upstream', latencyMs: 200, jitterMs: 20 }),
    'latency 200 ms ± 20 ms ↑',
    'delay bytes upstream by 200 ms (± 20 ms) on replica-1 → master, for 4.0 s',
  ],
  [
    onLink({ kind: 'bandwidth', direction: 'downstream', kilobytesPerSecond: 50 }),
    '50 KB/s ↓',
    'let 50 KB/s downstream through on replica-1 → master, for 4.0 s',
  ],
  [
    onLink({ kind: 'limit-data', direction: 'downstream', bytes: 2_048 }),
    'close after 2 KB ↓',
    'close each connection after 2 KB downstream on replica-1 → master, for 4.0 s',
  ],
  [
    onLink({ kind: 'slices', direction: 'upstream', bytes: 10 }),
    'slices of 10 B ↑',
    'slice what goes upstream into 10 B each on replica-1 → master, for 4.0 s',
  ],
  [onNode({ kind: 'pause' }), 'pause', 'pause replica-1 (SIGSTOP), for 4.0 s'],
  [onNode({ kind: 'kill' }), 'kill', 'kill replica-1 (SIGKILL), for 4.0 s'],
  [onNode({ kind: 'stop' }), 'stop', 'stop replica-1 (SHUTDOWN), for 4.0 s'],
  [
    onNode({ kind: 'move', to: 'replica-2' }),
    'move to replica-2',
    'move replica-1 to replica-2 (REPLICAOF), to stay',
  ],
])('%#: a fault as a label and as a sentence', ([fault, label, words]) => {
  expect(faultLabel(fault)).toBe(label);
  expect(faultWords(fault)).toBe(words);
  expect(subjectOf(fault)).toBe(fault.on === 'link' ? 'replica-1 → master' : 'replica-1');
});

test('a fault that a condition ends says which, and how long it may take', () => {
  const fault: PlannedFault = {
    ...cut('f1', 0, 0),
    end: { after: 'condition', condition: 'backlog-overrun', withinMs: 9_000 },
  };
  expect(faultWords(fault)).toBe(
    'cut replica-1 → master, until the backlog is overrun, 9.0 s at most',
  );
});

test('a plan tells its nodes, its clients and how long it lasts', () => {
  const { plan } = smallRun({}).record.head;
  const words = planWords({ ...plan, topology: { ...plan.topology, sentinels: 3 } });
  expect(words).toContain('master is the master, with repl-backlog-size 65536.');
  expect(words).toContain('replica-1 replicates master.');
  expect(words).toContain('3 Sentinels watch the master; clients ask them where to write.');
  expect(
    words.find((sentence) => sentence.startsWith('Writers: 4 clients, 100 writes a second')),
  ).toContain('36% register, 27% append');
  expect(words.at(-1)).toBe(
    'Faults come for 1 min 30 s. Then all is healed, and everything must have converged within 30.0 s.',
  );
});

test('what became of every fault of the plan, those that never came included', () => {
  const { record } = smallRun({
    faults: [cut('f1', 1, 1), cut('f2', 2, 1), cut('f3', 3, 1)],
    events: [
      event(1, { what: 'fault', fault: 'f1', effect: 'refused' }),
      event(2, { what: 'passed-over', fault: 'f2', reason: 'the node is down' }),
      event(4, { what: 'heal', fault: 'f1', condition: 'noticed' }),
    ],
  });
  expect(faultOutcomes(record).map(({ fault, ...became }) => [fault.id, became])).toEqual([
    ['f1', { fromMs: at(1), toMs: at(4), effect: 'refused', condition: 'noticed' }],
    ['f2', { passedOver: 'the node is down' }],
    ['f3', {}],
  ]);
  expect(injectedByKind(record)).toEqual({ cut: 1 });
});
