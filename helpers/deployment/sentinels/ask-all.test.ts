import { expect, test } from 'vitest';
import { Timeline } from '../../timeline.ts';
import type { Deployment } from '../deployment.ts';
import { allSee, allTell, setOnAll, toldOf } from './ask-all.ts';

const DOWN = { name: '+sdown', text: 'master mymaster h 1', atMs: 1, boot: 1 };

interface Fake {
  readonly port?: number;
  readonly events?: readonly object[];
  readonly isPaused?: boolean;
}

function rig(...sentinels: readonly Fake[]) {
  const set: object[] = [];
  const deployment = {
    timeline: new Timeline(),
    whoIs: ({ port }: { port: number }) => `node-${port}`,
    sentinels: sentinels.map(({ port = 1, events = [], isPaused = false }) => ({
      server: { exit: undefined },
      isPaused,
      events: () => events,
      replicas: async () => [{ port }],
      set: async (options: object) => set.push(options),
    })),
  } as unknown as Deployment;
  return { deployment, set };
}

test('those that run are set, and no other', async () => {
  const { deployment, set } = rig({}, { isPaused: true }, {});
  await setOnAll(deployment, { quorum: 2 });
  expect(set).toEqual([{ quorum: 2 }, { quorum: 2 }]);
});

test('events of a name are told by whoever told them', () => {
  const { deployment } = rig(
    { events: [DOWN] },
    {},
    { events: [DOWN, { ...DOWN, name: '-sdown' }] },
  );
  expect(toldOf(deployment, '+sdown')).toEqual([DOWN, DOWN]);
});

test('all have to tell, of so many servers', async () => {
  const again = { events: [DOWN, { ...DOWN, atMs: 2 }] };
  const two = { events: [DOWN, { ...DOWN, text: 'master mymaster h 2' }] };
  const options = { withinMs: 1 };
  await allTell(rig(again, two).deployment, '+sdown', /^master /, options);
  await allTell(rig(two, two).deployment, '+sdown', /^master /, { ...options, servers: 2 });
  await expect(
    allTell(rig(again, two).deployment, '+sdown', /^master /, { ...options, servers: 2 }),
  ).rejects.toThrow('all Sentinels to tell of +sdown /^master / 2 times; last seen: [1,2]');
  await expect(allTell(rig({}, two).deployment, '+sdown', /^master /, options)).rejects.toThrow();
  await expect(allTell(rig(two).deployment, '+sdown', /^slave /, options)).rejects.toThrow();
});

test('all have to see replicas, by name', async () => {
  const sees =
    (...names: readonly string[]) =>
    (seen: object) =>
      Object.keys(seen).join() === names.join();
  await allSee(rig({ port: 7 }, { port: 7 }).deployment, 'it', sees('node-7'));
});
