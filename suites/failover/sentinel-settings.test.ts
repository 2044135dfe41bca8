/** What is set at a Sentinel at run time: in force at once, for that Sentinel alone, and kept over its crash. */
import {
  expect,
  failedOver,
  masterWithReplicas,
  type Sentinel,
  sentinels,
  test,
} from '../../helpers/suite.ts';

const NEVER_MS = 600_000;
const SOON_MS = 2_000;

test('SENTINEL SET: quorum, down-after and failover-timeout are kept over a crash, with all else that it knew [S16]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(1)));
  const [set, untouched] = all.sentinels as [Sentinel, Sentinel];
  const before = await untouched.master();
  const known = await set.known();
  await set.set({ quorum: 3, 'down-after-milliseconds': 1_234, 'failover-timeout': 5_678 });
  const now = { quorum: 3, downAfterMs: 1_234, failoverTimeoutMs: 5_678 };
  expect(await set.master()).toMatchObject(now);

  for (const [option, value] of [
    ['quorum', 0],
    ['down-after-milliseconds', -1],
    ['failover-timeout', 'x'],
  ] as const) {
    await expect(set.set({ [option]: value })).rejects.toThrow(
      `ERR Invalid argument '${value}' for SENTINEL SET '${option}'`,
    );
  }

  await set.kill();
  await set.restart();
  expect(await set.master()).toMatchObject({ ...now, configEpoch: before.configEpoch });
  expect(await set.known()).toEqual(known);
  const { quorum, downAfterMs, failoverTimeoutMs } = before;
  expect(await untouched.master()).toMatchObject({ quorum, downAfterMs, failoverTimeoutMs });
});

test('SENTINEL SET: a master that is gone counts as down as soon as down-after is over for those that have it shorter [S16]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1), { downAfterMs: NEVER_MS }),
  );
  const { master, replica } = all;
  const [first, second, third] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  await master.kill();

  await first.set({ 'down-after-milliseconds': SOON_MS });
  await first.event('+sdown', { about: /^master / });
  for (const one of [second, third]) expect((await one.master()).downForMs).toBe(0);
  expect((await replica.role()).role).toBe('replica');

  await second.set({ 'down-after-milliseconds': SOON_MS });
  expect(await failedOver(all, master)).toBe(replica);
});

test('SENTINEL CONFIG: host names are refused until resolve-hostnames is set, and from then on, over a crash, taken [S16]', async ({
  deployment,
}) => {
  deployment.needsSentinel('sentinel-config');
  await using all = await deployment.start(sentinels(1, masterWithReplicas(0)));
  const [sentinel] = all.sentinels as [Sentinel];
  const watchByName = () =>
    sentinel.call('SENTINEL', 'MONITOR', 'by-name', 'localhost', all.master.port, 1);
  const config = (...words: readonly string[]) => sentinel.call('SENTINEL', 'CONFIG', ...words);
  expect(await config('GET', 'resolve-hostnames')).toEqual(['resolve-hostnames', 'no']);
  await expect(watchByName()).rejects.toThrow('ERR Invalid IP address or hostname specified');

  expect(await config('SET', 'resolve-hostnames', 'yes')).toBe('OK');
  await sentinel.kill();
  await sentinel.restart();

  expect(await config('GET', '*hostnames')).toEqual([
    'resolve-hostnames',
    'yes',
    'announce-hostnames',
    'no',
  ]);
  expect(await watchByName()).toBe('OK');
  expect(await config('GET', 'nonsense')).toEqual([]);
  await expect(config('SET', 'nonsense', 'yes')).rejects.toThrow(
    "ERR Invalid argument 'nonsense' to SENTINEL CONFIG SET",
  );
  await expect(config('SET', 'resolve-hostnames', 'maybe')).rejects.toThrow(
    "ERR Invalid value 'maybe' to SENTINEL CONFIG SET 'resolve-hostnames'",
  );
});

test('SENTINEL CONFIG: several settings in one command are set all or none [S16]', async ({
  deployment,
}) => {
  deployment.needsSentinel('sentinel-config-of-many');
  await using all = await deployment.start(sentinels(1, masterWithReplicas(0)));
  const [sentinel] = all.sentinels as [Sentinel];
  const config = (...words: readonly string[]) => sentinel.call('SENTINEL', 'CONFIG', ...words);
  const names = ['resolve-hostnames', 'announce-hostnames'];
  const each = (value: string) => names.flatMap((name) => [name, value]);
  expect(await config('GET', ...names)).toEqual(each('no'));

  for (const [wrong, words] of [
    [
      ['announce-hostnames', 'maybe'],
      "Invalid value 'maybe' to SENTINEL CONFIG SET 'announce-hostnames'",
    ],
    [['nonsense', 'yes'], "Invalid argument 'nonsense' to SENTINEL CONFIG SET"],
    [['resolve-hostnames', 'no'], "Duplicate argument 'resolve-hostnames' to SENTINEL CONFIG SET"],
  ] as const) {
    await expect(config('SET', 'resolve-hostnames', 'yes', ...wrong)).rejects.toThrow(
      `ERR ${words}`,
    );
  }
  expect(await config('GET', ...names)).toEqual(each('no'));
  expect(await config('SET', ...each('yes'))).toBe('OK');
  await sentinel.kill();
  await sentinel.restart();
  expect(await config('GET', ...names)).toEqual(each('yes'));
});
