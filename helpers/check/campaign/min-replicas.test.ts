import { expect, test } from 'vitest';
import { promisedEndMs } from './min-replicas.ts';
import { cutOf, inForce, nodeFault, recordOf, sample, type Told } from './testing/records.ts';

const config = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '2' };
const three = (asked: Record<string, string> = config) => [
  { name: 'master', config: asked },
  { name: 'heir', replicaOf: 'master', config: asked },
  { name: 'other', replicaOf: 'master', config: asked },
];
const up = (node: string, atMs: number, replid = 'one') =>
  sample(node, atMs, { role: 'replica', link: 'up', replid });
const samples = [
  sample('master', 1_000, { role: 'master', replid: 'one' }),
  up('heir', 8_000),
  up('other', 10_000),
  up('other', 20_000, 'two'),
  sample('other', 15_000, { role: 'replica', link: 'down', replid: 'one' }),
];
const segment = { node: 'master', fromMs: 0, untilMs: 30_000 };
const cut = cutOf('f1', 'heir', 'master', 8_000);
const held = { ...cut, fault: { kind: 'hold', direction: 'upstream' } } as const;
const pause = nodeFault('f1', 'master', 'pause', 8_000);

const endOf = (told: Told): number =>
  promisedEndMs(recordOf({ nodes: three(), sentinels: 3, samples, ...told }), segment, 7_000);

test('a master stops when it has not heard enough replicas for its lag', () => {
  expect(endOf({ faults: [cut], events: inForce(cut) })).toBe(10_000 + 2_000 + 5_000);
  const both = { ...config, 'min-replicas-to-write': '2' };
  expect(endOf({ nodes: three(both) })).toBe(8_000 + 2_000 + 5_000);
});

test.for<Told & { what: string }>([
  { what: 'it asks for none', nodes: three({}) },
  { what: 'it allows any lag', nodes: three({ ...config, 'min-replicas-max-lag': '0' }) },
  { what: 'acknowledgements are held back, and come late', faults: [held], events: inForce(held) },
  { what: 'a pause stops its clock', faults: [pause], events: inForce(pause) },
  { what: 'nobody knows what its history was', samples: samples.slice(1) },
])('nothing is promised where $what', (told) => {
  expect(endOf(told)).toBe(Infinity);
});
