import { expect, test } from 'vitest';
import { Deployment } from '../deployment.ts';
import type { ServerSpec } from '../driver.ts';
import { sentinels } from '../sentinels/plan.ts';
import type { ProcessesTarget } from '../target.ts';
import { REFERENCE } from '../targets/reference.ts';
import { masterWithReplicas } from '../topology.ts';
import { ProcessesDriver } from './driver.ts';

const refuses = {
  name: 'a program that refuses',
  product: 'redis',
  version: '7.0.15',
  command: ['sh', '-c', 'echo "no such mode: $@" >&2; exit 3', 'sh'],
} as const;

const target: ProcessesTarget = {
  name: 'stub@processes',
  driver: 'processes',
  product: 'redis',
  version: '7.0.15',
  isReference: false,
  servers: [refuses],
  toxiproxy: 'embedded',
  sentinel: refuses,
};

const spec = (name: string): ServerSpec => ({
  name,
  kind: 0,
  ownAddress: true,
  config: (own) => JSON.stringify(own),
  files: {},
});

test('servers with an address of their own have different ones, also when they are made at once', async () => {
  await using driver = await ProcessesDriver.start(target);
  const made = await Promise.all(['a', 'b', 'c'].map((name) => driver.createServer(spec(name))));
  expect(new Set(made.map(({ inside }) => inside.host)).size).toBe(3);
  for (const { inside } of made) expect(inside.host).toMatch(/^127\.64\.\d+\.\d+$/);
});

test.for([
  ['6.2.0', { bind: 1 }],
  ['7.0.0', { bind: 1, 'bind-source-addr': 1 }],
] as const)('a server of version %s connects from there by %j', async ([version, directives]) => {
  await using driver = await ProcessesDriver.start({
    ...target,
    servers: [{ ...refuses, version }],
  });
  let told = {};
  await driver.createServer({
    ...spec('a'),
    config: (own) => {
      told = own;
      return '';
    },
  });
  expect(Object.keys(told).sort()).toEqual([...Object.keys(directives), 'port'].sort());
});

test('where no server can be a Sentinel, the reason is told, and what to do', async () => {
  const missing = 'neither redis-server nor valkey-server is on the PATH; install one';
  await using driver = await ProcessesDriver.start({ ...target, sentinel: { missing } });
  await expect(driver.createServer({ ...spec('s'), kind: 'sentinel' })).rejects.toThrow(
    `environment: a Sentinel is a redis-server or valkey-server in another mode, and none is to be had for this target: ${missing}`,
  );
});

test('a program that is a server and refuses --sentinel is told as such', async () => {
  await using driver = await ProcessesDriver.start({ ...target, servers: [REFERENCE] });
  await expect(Deployment.start(driver, sentinels(1, masterWithReplicas(0)))).rejects.toThrow(
    /sentinel-1 was started as a server with --sentinel, and did not become one; .*exit code 3.*no such mode: \S+ --sentinel/s,
  );
});
