/** What Sentinels remember, and forget: of a deployment before theirs nothing, of what has gone all until they are reset. */
import {
  calm,
  expect,
  failedOver,
  masterWithReplicas,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  test,
  until,
} from '../../helpers/suite.ts';

test('Sentinels of a deployment begin at epoch 0 and know nobody else, whatever the one before them saw', async ({
  deployment,
}) => {
  const watched = sentinels(3, masterWithReplicas(1), calm);
  const before = await deployment.start(watched);
  await before.master.kill();
  await failedOver(before, before.master);
  await before[Symbol.asyncDispose]();

  await using after = await deployment.start(watched);

  for (const one of after.sentinels) {
    expect((await one.master()).configEpoch).toBe(0);
    expect(one.events().map(({ name }) => name)).not.toContain('+new-epoch');
    expect(await one.known()).toEqual(
      ['replica-1', ...after.sentinels.map(({ name }) => name)].filter((name) => name !== one.name),
    );
  }
});

test('a replica and a Sentinel that are gone for good stay known, and count, until a reset; who is there is found again', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2), { ...calm, quorum: 2 }),
  );
  const [asked, , gone] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  const replica = all.node('replica-2');
  for (const one of [gone, replica]) {
    await one.kill();
    await asked.event('+sdown', { about: new RegExp(`${one.port}`) });
  }
  expect(await asked.known()).toEqual(['replica-1', 'replica-2', 'sentinel-2', 'sentinel-3']);

  expect(await asked.call('SENTINEL', 'RESET', 'no-such-*')).toBe(0);
  expect(await asked.call('SENTINEL', 'RESET', 'my*')).toBe(1);
  await until(
    () => asked.known(),
    (known) => `${known}` === 'replica-1,sentinel-2',
    { what: 'sentinel-1 to have found who is there', withinMs: SENTINEL_WITHIN_MS },
  );
  expect(await asked.quorumCheck()).toMatch(/^OK 2 usable Sentinels/);

  await replica.restart({ data: 'kept' });
  await until(
    () => asked.known(),
    (known) => known.includes('replica-2'),
    { what: 'sentinel-1 to have found replica-2 again', withinMs: SENTINEL_WITHIN_MS },
  );
});
