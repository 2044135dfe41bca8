import { expect, test } from 'vitest';
import {
  chain,
  depthOf,
  generations,
  masterWithReplicas,
  type Topology,
  topology,
  tree,
} from './topology.ts';

const shape = (nodes: readonly { name: string; replicaOf?: string }[]): string[] =>
  nodes.map(({ name, replicaOf }) => `${name} < ${replicaOf ?? '-'}`);

test('one master with n replicas', () => {
  expect(shape(masterWithReplicas(2).nodes)).toEqual([
    'master < -',
    'replica-1 < master',
    'replica-2 < master',
  ]);
});

test('a chain: each is the replica of the one before', () => {
  expect(shape(chain(3).nodes)).toEqual([
    'master < -',
    'replica-1 < master',
    'replica-2 < replica-1',
    'replica-3 < replica-2',
  ]);
});

test('a tree, and the order in which it starts', () => {
  const built = tree({ left: { 'left-1': {}, 'left-2': {} }, right: {} });
  expect(generations(built).map((nodes) => nodes.map(({ name }) => name))).toEqual([
    ['master'],
    ['left', 'right'],
    ['left-1', 'left-2'],
  ]);
});

test('configuration: for all, for the master, for replicas', () => {
  const { nodes } = masterWithReplicas(1, {
    config: { maxclients: 50, save: '60 1' },
    masterConfig: { 'repl-backlog-size': '1mb' },
    replicaConfig: { save: '' },
  });
  expect(nodes.map(({ config }) => config)).toEqual([
    { maxclients: 50, save: '60 1', 'repl-backlog-size': '1mb' },
    { maxclients: 50, save: '' },
  ]);
});

test.for([
  [[{ name: 'a' }, { name: 'a' }], 'two nodes are named a'],
  [[{ name: 'a', heirOf: 'b' }], 'a is the heir of b, which is not among the nodes'],
  [[{ name: 'a', replicaOf: 'b' }], 'a is a replica of b, which is not among the nodes before it'],
] as const)('refuses %j', ([nodes, message]) => {
  expect(() => topology(nodes)).toThrow(message);
});

test('refuses a chain of no replicas', () => {
  expect(() => chain(0)).toThrow('depth is 0, expected an integer of at least 1');
});

test('depth counts the links to the master; a node that is yet to be a replica counts as one', () => {
  const depths = (of: Topology) => of.nodes.map((node) => depthOf(of, node));
  expect(depths(chain(3))).toEqual([0, 1, 2, 3]);
  expect(depths(masterWithReplicas(2))).toEqual([0, 1, 1]);
  expect(depths(topology([{ name: 'master' }, { name: 'newcomer' }]))).toEqual([0, 1]);
});
