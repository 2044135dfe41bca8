/** Clients that wait for a list: what the stream holds once they are served, and what becomes of them otherwise. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  blocked,
  type Deployments,
  expect,
  masterWithReplicas,
  noPings,
  streamOf,
  test,
} from '../helpers/suite.ts';

type Row = [sent: string, arrives: string];

const POPS: readonly Row[] = [
  ['BLPOP A 0', 'LPOP A'],
  ['BRPOP A 0', 'RPOP A'],
  ['BRPOPLPUSH A B 0', 'RPOPLPUSH A B'],
];
const ENDS = ['LEFT', 'RIGHT'];
const MOVES: readonly Row[] = ENDS.flatMap((from) =>
  ENDS.map((to): Row => [`BLMOVE A B ${from} ${to} 0`, `LMOVE A B ${from} ${to}`]),
);

const rowsFor = ({ target }: Deployments): readonly Row[] =>
  can(target, 'get-and-change') ? [...POPS, ...MOVES] : POPS;

/** Of the least and the greatest, and of many, that find one element only. */
const LEAST: readonly Row[] = [
  ['BZPOPMIN Z 0', 'ZPOPMIN Z'],
  ['BZPOPMAX Z 0', 'ZPOPMAX Z'],
];
const OF_MANY: readonly Row[] = [
  ['BLMPOP 0 2 NONE A LEFT COUNT 5', 'LPOP A 1'],
  ['BLMPOP 0 2 NONE A RIGHT', 'RPOP A 1'],
  ['BZMPOP 0 2 NONE Z MIN COUNT 5', 'ZPOPMIN Z 1'],
  ['BZMPOP 0 2 NONE Z MAX', 'ZPOPMAX Z 1'],
];

const countingRowsFor = ({ target }: Deployments): readonly Row[] =>
  can(target, 'pops-of-many') ? [...LEAST, ...OF_MANY] : LEAST;

test('blocking pops and moves that find something arrive as those that do not block [C3]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);

  for (const [sent, arrives] of rowsFor(deployment)) {
    await stream.after('DEL A B', 'RPUSH A 1 2');
    expect(await stream.after(sent), sent).toEqual([arrives]);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('blocking pops and moves that had to wait arrive after what they waited for [C3]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  using waiting = pair.master.dedicated();

  for (const [sent, arrives] of rowsFor(deployment)) {
    await stream.after('DEL A B');
    const [name = '', ...args] = sent.split(' ');
    const served = waiting.call(name, ...args);
    await blocked(pair.master, 1);
    const streamed = await stream.after('RPUSH A 1');
    expect([await served].flat().at(-1), sent).toBe('1');
    // Redis 7.0 writes the ends of a list in small letters here.
    expect(
      streamed.map((line) => line.toUpperCase()),
      sent,
    ).toEqual(['RPUSH A 1', arrives]);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('pops of sorted sets, and of several keys, arrive as pops of the one that had something [C3] [C13]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  using waiting = pair.master.dedicated();

  for (const [sent, arrives] of countingRowsFor(deployment)) {
    const brings = arrives.includes(' Z') ? 'ZADD Z 1 M' : 'RPUSH A M';
    await stream.after('DEL A Z', brings);
    expect(await stream.after(sent), `${sent}, at once`).toEqual([arrives]);

    const [name = '', ...args] = sent.split(' ');
    const served = waiting.call(name, ...args);
    await blocked(pair.master, 1);
    expect(await stream.after(brings), `${sent}, waiting`).toEqual([brings, arrives]);
    expect([await served].flat(3), sent).toContain('M');
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('pops of many arrive with the number of those that were there', async ({ deployment }) => {
  deployment.needsServer('pops-of-many');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('RPUSH A 1 2 3', 'ZADD Z 1 a 2 b 3 c');

  const rows: Row[] = [
    ['LMPOP 2 NONE A LEFT', 'LPOP A 1'],
    ['LMPOP 1 A RIGHT COUNT 5', 'RPOP A 2'],
    ['ZMPOP 2 NONE Z MIN', 'ZPOPMIN Z 1'],
    ['ZMPOP 1 Z MAX COUNT 5', 'ZPOPMAX Z 2'],
  ];
  for (const [sent, arrives] of rows) expect(await stream.after(sent), sent).toEqual([arrives]);
  expect(await stream.after('LMPOP 1 A LEFT', 'ZMPOP 1 Z MIN')).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('what a transaction brings is popped after it, not in it [C3] [C16]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  using waiting = pair.master.dedicated();
  const served = waiting.call('BLPOP', 'A', 0);
  await blocked(pair.master, 1);

  const streamed = await stream.after('MULTI', 'RPUSH A 1 2', 'SET B 1', 'EXEC');

  expect(await served).toEqual(['A', '1']);
  expect(streamed).toEqual(['MULTI', 'RPUSH A 1 2', 'SET B 1', 'EXEC', 'LPOP A']);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('blocked clients are thrown out when their server becomes a replica, and take nothing [C4]', async ({
  deployment,
}) => {
  // Who has a PING more than the heir cannot be continued by it.
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  const [demoted, heir] = [pair.master, pair.replica];
  using one = demoted.dedicated();
  using other = demoted.dedicated();
  const replies = Promise.allSettled([
    one.call('BLPOP', 'list', 0),
    other.call('BRPOPLPUSH', 'list', 'elsewhere', 0),
  ]);
  await blocked(demoted, 2);

  await heir.promote();
  await demoted.replicaOf(heir);

  for (const reply of await replies) {
    expect(reply).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/^UNBLOCKED force unblock/) },
    });
  }
  await heir.call('RPUSH', 'list', '1', '2');
  await expect(demoted).toConvergeWith(heir);
  expect(await demoted.call('LLEN', 'list')).toBe(2);
});
