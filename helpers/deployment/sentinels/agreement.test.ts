import { expect, test } from 'vitest';
import { Timeline } from '../../timeline.ts';
import type { Deployment } from '../deployment.ts';
import { allAgree } from './agreement.ts';

const PORTS: Record<number, string> = {
  1: 'master',
  2: 'replica',
  3: 'sentinel-1',
  4: 'sentinel-2',
};
const seen = (port: number, flags: string) => ({
  host: 'h',
  port,
  runId: '',
  flags: flags.split(','),
  downForMs: 0,
});

interface Told {
  readonly epoch?: number;
  readonly replicas?: readonly object[];
  readonly others?: readonly object[];
}
const replica = { ...seen(2, 'slave'), link: 'up', master: { host: 'h', port: 1 } };

/** Two Sentinels, all well but for what one of them tells. */
function rig(told: Told, exit?: object): Deployment {
  const sentinel = (name: string, other: number, { epoch = 1, replicas, others }: Told) => ({
    name,
    server: { exit: name === 'sentinel-2' ? exit : undefined },
    isPaused: false,
    deployment: { whoIs },
    master: async () => ({ ...seen(1, 'master'), configEpoch: epoch }),
    replicas: async () => replicas ?? [replica],
    others: async () => others ?? [seen(other, 'sentinel')],
  });
  return {
    nodes: [{ name: 'master' }, { name: 'replica' }],
    topology: { nodes: [{ name: 'master' }, { name: 'replica', replicaOf: 'master' }] },
    sentinels: [sentinel('sentinel-1', 4, {}), sentinel('sentinel-2', 3, told)],
    timeline: new Timeline(),
  } as unknown as Deployment;
}

function whoIs({ host, port }: { host: string; port: number }): string {
  return PORTS[port] ?? `${host}:${port}`;
}

const agreed = (deployment: Deployment, master?: string) =>
  allAgree(deployment, { withinMs: 1, ...(master !== undefined && { master }) });

test.for([
  ['is well', {}],
  [
    'heard from another that the master is down, some time ago',
    { others: [seen(3, 'sentinel,master_down')] },
  ],
] as const)('they agree when one %s', async ([, told]) => {
  expect(await agreed(rig(told))).toBe('master');
});

test.for([
  ['is of another epoch', { epoch: 2 }, '"configEpoch":2'],
  ['sees no replica', { replicas: [] }, '"replicas":[]'],
  ['sees a ghost', { replicas: [replica, { ...replica, port: 9 }] }, '"h:9"'],
  ['sees a replica of another', { replicas: [{ ...replica, master: seen(2, '') }] }, 'of replica'],
  ['sees a replica without a link', { replicas: [{ ...replica, link: 'down' }] }, 'link down'],
  [
    'takes a replica for down',
    { replicas: [{ ...replica, flags: ['slave', 's_down'] }] },
    's_down',
  ],
  ['sees no other Sentinel', { others: [] }, '"sentinels":[]'],
  ['sees a Sentinel of others', { others: [seen(3, 'sentinel'), seen(8, 'sentinel')] }, '"h:8"'],
  ['does not reach the other', { others: [seen(3, 'sentinel,disconnected')] }, 'disconnected'],
] as const)('they do not when one %s', async ([, told, evidence]) => {
  await expect(agreed(rig(told))).rejects.toThrow(evidence);
});

test('one that does not run is not asked', async () => {
  expect(await agreed(rig({ epoch: 2 }, { code: 0 }))).toBe('master');
});

test('it must be the master that was asked for', async () => {
  await expect(agreed(rig({}), 'replica')).rejects.toThrow('"master":"master"');
});
