/**
 * Alive is for Sentinels who answers their PING with PONG, LOADING or MASTERDOWN, whether or not it serves anybody. A
 * master that serves its clients well is replaced when Sentinels do not hear it, and its clients are not told.
 */
import { can } from '../../helpers/deployment/capabilities.ts';
import { messageOf } from '../../helpers/errors.ts';
import {
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  judgeLosses,
  Ledger,
  ledgerOn,
  longLoad,
  masterWithReplicas,
  noPings,
  now,
  partition,
  replicated,
  SENTINEL_WITHIN_MS,
  saving,
  sentinels,
  setOnAll,
  siblingOf,
  split,
  stillStream,
  test,
  toldOf,
  until,
  writeBytes,
  writeLedger,
} from '../../helpers/suite.ts';

const WRITES = 50;
const NOT_YET_MS = 3_600_000;
const DOWN_AFTER_MS = 3_000;
/** More than lies between two answers of a server that loads so slowly: before Redis 7.0, two keys. */
const LOADING_DOWN_AFTER_MS = 8_000;
/** Sixteen keys take 40 s, unless they are told to take no more time. */
const PER_KEY_MS = 2_500;
const LOADED_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 30_000;

test('a master that loads its data for longer, and replicas that refuse to serve without it, do not count as down [S9]', async ({
  deployment,
}) => {
  const { config, data } = longLoad(deployment.target);
  const keepsHistory = can(deployment.target, 'master-keeps-history');
  await using all = await deployment.start(
    sentinels(
      3,
      masterWithReplicas(2, {
        config: { ...noPings, 'replica-serve-stale-data': 'no' },
        masterConfig: { ...noPings, ...saving, ...config },
      }),
      { downAfterMs: NOT_YET_MS },
    ),
  );
  const { master, replicas } = all;
  await stillStream(all);
  await writeBytes(master, { seed: 1, ...data });
  for (const replica of replicas) await expect(replica).toConvergeWith(master);

  await master.stop();
  await master.restart({ data: 'kept', args: ['--key-load-delay', String(PER_KEY_MS * 1_000)] });
  const startedMs = now();
  await expect(master.call('PING')).rejects.toThrow(/^LOADING /);
  await until(
    () => Promise.all(all.sentinels.map((sentinel) => sentinel.master())),
    (seen) => seen.every(({ aliveMsAgo }) => aliveMsAgo < now() - startedMs),
    { what: 'all Sentinels to hear that it loads', withinMs: 20_000 },
  );
  await setOnAll(all, { 'down-after-milliseconds': LOADING_DOWN_AFTER_MS });
  const fromMs = now();
  const answers = (...command: [string, ...string[]]) =>
    Promise.all(
      all.nodes.map(async (node) => {
        const answer = await node.call(...command).then(String, messageOf);
        return answer.split(' ')[0];
      }),
    );
  await until(
    async () => ({ answers: await answers('GET', 'key'), forMs: now() - fromMs }),
    ({ answers, forMs }) =>
      answers.join() === 'LOADING,MASTERDOWN,MASTERDOWN' && forMs > 1.5 * LOADING_DOWN_AFTER_MS,
    { what: 'nobody to serve for longer than down-after-milliseconds', withinMs: 30_000 },
  );
  const stale = can(deployment.target, 'stale-ping-refused') ? 'MASTERDOWN' : 'PONG';
  expect(await answers('PING')).toEqual(['LOADING', stale, stale]);
  expect(toldOf(all, '+sdown')).toEqual([]);

  // Who cannot be told while it loads takes its time.
  if (can(deployment.target, 'loading-interval')) {
    await master.call('CONFIG', 'SET', 'key-load-delay', 0);
  }
  for (const replica of replicas) {
    await expect(replica).toResync(keepsHistory ? 'partial' : 'full', {
      withinMs: LOADED_WITHIN_MS,
    });
    await expect(replica).toConvergeWith(master);
  }
  expect(toldOf(all, '+sdown')).toEqual([]);
});

test('a master that Sentinels alone do not hear is replaced while its clients write on, and what they write is lost [S9]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), { downAfterMs: DOWN_AFTER_MS }),
  );
  const { master, replicas } = all;
  const ledger = new Ledger(now);
  await using clients = await writeLedger(master, ledger, { ratePerSecond: 200 });
  await clients.goesOn(WRITES);
  const fromMs = await replicated(master, ledger, replicas.length);

  const names = all.sentinels.map(({ name }) => name);
  const silence = await partition(all, split(names, [master.name]));
  const heir = await failedOver(all, master);
  await clients.goesOn(WRITES);
  const sibling = siblingOf(all, heir);
  await expect(sibling).toConvergeWith(heir, { withinMs: SENTINEL_WITHIN_MS });
  await clients.goesOn(WRITES);
  expect((await master.role()).role).toBe('master');

  await silence.heal();
  await until(
    () => clients.lastError ?? 'none',
    (error) => error.startsWith('READONLY '),
    { what: 'the master to be one no longer', withinMs: DEMOTED_WITHIN_MS },
  );
  await clients.stop();
  await expect(master).toConvergeWith(heir);
  const untilMs = ledger.refusedAtMs(master.name, fromMs) ?? fromMs;
  const judgement = judgeLosses(all, ledger.writes, await ledgerOn(heir), [
    { node: master.name, cause: 'the silence', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.lost.length).toBeGreaterThanOrEqual(WRITES);
});

test('a master busy with a script counts as down, and each Sentinel that sees it ends the script [S9]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1, { masterConfig: { 'lua-time-limit': 100 } }), {
      downAfterMs: NOT_YET_MS,
    }),
  );
  const { master } = all;
  // One after the other: who is first ends the script, and no other needs to.
  for (const sentinel of all.sentinels) {
    using client = master.dedicated({ commandTimeoutMs: ENDED_WITHIN_MS });
    const script = client.call('EVAL', 'while true do end', 0).then(String, String);
    await until(
      () => master.call('PING').then(String, String),
      (answer) => answer.includes('BUSY '),
      { what: 'the script to run', withinMs: 10_000 },
    );

    await sentinel.set({ 'down-after-milliseconds': DOWN_AFTER_MS });
    await sentinel.event('+sdown', { about: /^master /, withinMs: ENDED_WITHIN_MS });
    expect(await script).toMatch(/Script killed by user/);
    await sentinel.event('-sdown', { about: /^master /, withinMs: ENDED_WITHIN_MS });
    expect(await master.call('PING')).toBe('PONG');
    await sentinel.set({ 'down-after-milliseconds': NOT_YET_MS });
  }
  const masters = toldOf(all, '+sdown').filter(({ text }) => text.startsWith('master '));
  expect(masters).toHaveLength(all.sentinels.length);
  expect(toldOf(all, '+odown')).toEqual([]);
});
