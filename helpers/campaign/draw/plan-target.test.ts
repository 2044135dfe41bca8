import { expect, test } from 'vitest';
import type { ContainersTarget, ProcessesTarget } from '../../deployment/target.ts';
import { planTarget } from './plan-target.ts';

const program = {
  name: 'redis-server',
  product: 'redis',
  version: '7.0.15',
  command: ['redis-server'],
} as const;
const processes: ProcessesTarget = {
  name: 'redis:7.0@processes',
  driver: 'processes',
  product: 'redis',
  version: '7.0.15',
  isReference: false,
  servers: [program],
  toxiproxy: 'embedded',
  sentinel: program,
};
const server = { image: 'redis:8.0', version: '8.0', command: ['redis-server'] } as const;
const containers: ContainersTarget = {
  name: 'redis:8.0',
  driver: 'containers',
  product: 'redis',
  version: '8.0',
  isReference: false,
  servers: [server],
  toxiproxy: { image: 'toxiproxy' },
  switches: { embeddedOn: 'node' },
  sentinel: server,
  ryuk: false,
};
const missing = { missing: 'there is none' };

test('processes with the embedded Toxiproxy can have everything', () => {
  expect(planTarget(processes)).toEqual({
    product: 'redis',
    version: '7.0.15',
    isReference: false,
    canHold: true,
    hasSentinels: true,
  });
});

test('a real Toxiproxy holds nothing', () => {
  expect(planTarget({ ...processes, toxiproxy: { path: '/bin/toxiproxy-server' } }).canHold).toBe(
    false,
  );
  expect(planTarget(containers).canHold).toBe(false);
  expect(planTarget({ ...containers, toxiproxy: { embeddedOn: 'node' } }).canHold).toBe(true);
});

test('Sentinels need a server that can be one, and in containers what leads to them', () => {
  expect(planTarget({ ...processes, sentinel: missing }).hasSentinels).toBe(false);
  expect(planTarget(containers).hasSentinels).toBe(true);
  expect(planTarget({ ...containers, switches: missing }).hasSentinels).toBe(false);
  expect(planTarget({ ...containers, sentinel: missing }).hasSentinels).toBe(false);
});
