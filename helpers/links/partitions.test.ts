import { expect, test } from 'vitest';
import type { Deployment } from '../deployment/deployment.ts';
import { cut } from './faults/cut.ts';
import { bridge, cutsOf, isolate, oneWay, type Shape, split } from './partitions.ts';

const NODES = ['master', 'replica'];
const SENTINELS = ['sentinel-1', 'sentinel-2'];
const named = (names: string[]) => names.map((name) => ({ name }));
const paths = [
  ...NODES.flatMap((from) => NODES.map((to) => [from, to])),
  ...[...SENTINELS, 'client'].flatMap((from) => [...NODES, ...SENTINELS].map((to) => [from, to])),
].filter(([from, to]) => from !== to);

/** All that cutsOf looks at. */
const deployment = {
  nodes: named(NODES),
  sentinels: named(SENTINELS),
  links: paths.map(([from, to = '']) => ({ from, to: { name: to }, link: `${from} > ${to}` })),
} as unknown as Deployment;

/** What becomes of each link of which something does. */
const fate = (shape: Shape): Record<string, string> =>
  Object.fromEntries(
    cutsOf(deployment, shape, cut()).map(({ link, fault }) => [
      String(link),
      fault.means === 'disabled' ? 'cut' : fault.means.map(({ stream }) => stream).join(),
    ]),
  );

test('isolated: all paths between these and the others, either way, clients among the others', () => {
  expect(fate(isolate(deployment, ['master', 'sentinel-1']))).toEqual({
    'master > replica': 'cut',
    'replica > master': 'cut',
    'sentinel-1 > replica': 'cut',
    'sentinel-1 > sentinel-2': 'cut',
    'sentinel-2 > master': 'cut',
    'sentinel-2 > sentinel-1': 'cut',
    'client > master': 'cut',
    'client > sentinel-1': 'cut',
  });
});

test('clients can be on the side that is isolated', () => {
  expect(Object.keys(fate(isolate(deployment, ['master', 'client'])))).toContain(
    'client > replica',
  );
  expect(fate(isolate(deployment, ['master', 'client']))).not.toHaveProperty('client > master');
});

test('split: who is not named hears everybody', () => {
  expect(fate(split(['master'], ['sentinel-1'], ['client']))).toEqual({
    'sentinel-1 > master': 'cut',
    'client > master': 'cut',
    'client > sentinel-1': 'cut',
  });
});

test('one way: requests of the one side and answers of it do not arrive', () => {
  expect(fate(oneWay(['master'], ['replica', 'sentinel-1']))).toEqual({
    'master > replica': 'upstream',
    'replica > master': 'downstream',
    'sentinel-1 > master': 'downstream',
  });
});

test('bridge: the ends do not hear each other, the middle hears both', () => {
  const shape = bridge(['sentinel-1'], ['sentinel-2'], ['master']);
  expect(fate(shape)).toEqual({ 'sentinel-1 > master': 'cut' });
  expect(shape.description).toBe('bridge: sentinel-1 | master, both hear sentinel-2');
});

test.for([
  [split(['master'], ['nobody']), 'nobody is named nobody; there are master, replica, sentinel-1'],
  [split(['client'], []), 'there is no link between those'],
] as const)('%j is refused: %s', ([shape, message]) => {
  expect(() => cutsOf(deployment, shape, cut())).toThrow(message);
});
