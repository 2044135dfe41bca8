import { expect, test } from 'vitest';
import { masterWithReplicas, topology } from '../topology.ts';
import { sentinels } from './plan.ts';

const watched = masterWithReplicas(2);

test('so many Sentinels, by default with a majority of them as quorum', () => {
  const plan = sentinels(5, watched);
  expect(plan.nodes).toEqual(watched.nodes);
  expect(plan.sentinels).toMatchObject({
    names: ['sentinel-1', 'sentinel-2', 'sentinel-3', 'sentinel-4', 'sentinel-5'],
    masterName: 'mymaster',
    quorum: 3,
  });
});

test('what is said of them is plain data', () => {
  const { sentinels: spec } = sentinels(3, watched, {
    quorum: 1,
    downAfterMs: 300,
    settings: { 'auth-pass': 'secret' },
  });
  expect(spec).toMatchObject({ quorum: 1, downAfterMs: 300, settings: { 'auth-pass': 'secret' } });
  expect(structuredClone(spec)).toEqual(spec);
});

test.for([
  [0, {}, 'sentinels: 0, expected an integer of at least 1'],
  [1.5, {}, 'sentinels: 1.5, expected an integer of at least 1'],
  [2, {}, 'take 1 or 3, or say evenOnPurpose'],
  [4, {}, '4 of them tolerate the loss of no more than 3 do'],
  [3, { quorum: 4 }, 'a quorum of 4, expected an integer from 1 to 3, the number of Sentinels'],
  [3, { quorum: 0 }, 'a quorum of 0, expected an integer from 1 to 3'],
  [3, { quorum: 1.5 }, 'a quorum of 1.5, expected an integer from 1 to 3'],
] as const)('%d Sentinels with %j are refused: %s', ([count, options, message]) => {
  expect(() => sentinels(count, watched, options)).toThrow(message);
});

test('an even number is had by saying so', () => {
  expect(sentinels(2, watched, { evenOnPurpose: true }).sentinels).toMatchObject({ quorum: 2 });
  expect(sentinels(2, watched, { evenOnPurpose: true }).sentinels).not.toHaveProperty(
    'evenOnPurpose',
  );
});

const IDENTITY = { key: '', certificate: '', authority: '' };

test('Sentinels speak TLS where all nodes do', () => {
  const nodes = [{ name: 'master', tls: IDENTITY }];
  expect(sentinels(3, topology(nodes)).sentinels?.tls).toBe(IDENTITY);
});

test.for([
  [[], 'the topology has no node that they could watch'],
  [[{ name: 'sentinel-1' }], 'a node is named sentinel-1, as a Sentinel is'],
  [
    [{ name: 'master' }, { name: 'other', tls: IDENTITY }],
    'other speaks TLS alone, other than master',
  ],
  [
    [{ name: 'master', tls: IDENTITY }, { name: 'other' }],
    'other speaks no TLS, other than master',
  ],
] as const)('over nodes %j they are refused: %s', ([nodes, message]) => {
  expect(() => sentinels(3, topology(nodes))).toThrow(message);
});
