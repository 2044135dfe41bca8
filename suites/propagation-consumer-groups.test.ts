/**
 * What consumers of a stream read and claim: the stream of replication names the entries, to whom they went and when, so
 * that replicas hold the same pending lists.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  blocked,
  type Deployments,
  expect,
  masterWithReplicas,
  type Node,
  streamOf,
  test,
} from '../helpers/suite.ts';

test('entries that a consumer reads arrive as claims, and what the group has read by then', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('XADD s 1-1 f v', 'XADD s 2-1 f v', 'XADD s 3-1 f v', 'XGROUP CREATE s g 0');
  const read = 'XREADGROUP GROUP g reader COUNT 1';

  const first = await stream.after(`${read} STREAMS s >`);
  expect(first.map(timeless)).toEqual(delivered(deployment, 'reader', '1-1', 1));
  expect(await stream.after(`${read} NOACK STREAMS s >`)).toEqual([readTo(deployment, '2-1', 2)]);
  const last = await stream.after(`${read} STREAMS s >`);
  expect(last.map(timeless)).toEqual(delivered(deployment, 'reader', '3-1', 3));
  for (const inVain of [`${read} STREAMS s >`, `${read} STREAMS s 0`]) {
    expect(await stream.after(inVain), inVain).toEqual([]);
  }
  expect(await stream.after('XACK s g 1-1 9-9')).toEqual(['XACK s g 1-1 9-9']);
  expect(await stream.after('XACK s g 1-1')).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('XPENDING', 's', 'g')).toEqual([
    1,
    '3-1',
    '3-1',
    [['reader', '1']],
  ]);
});

test('an entry that a consumer waited for arrives before its claim [C13]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  using waiting = pair.master.dedicated();
  await stream.after('XGROUP CREATE s g $ MKSTREAM');

  const served = waiting.call('XREADGROUP', ...'GROUP g reader BLOCK 0 STREAMS s >'.split(' '));
  await blocked(pair.master, 1);
  const streamed = await stream.after('XADD s 1-1 f v');

  expect(await served).toEqual([['s', [['1-1', ['f', 'v']]]]]);
  expect(streamed.map(timeless)).toEqual([
    'XADD s 1-1 f v',
    ...delivered(deployment, 'reader', '1-1', 1),
  ]);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('claims arrive with the time and the count that they came to, and none that claims nothing', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('XADD s 1-1 f v', 'XADD s 2-1 f v', 'XGROUP CREATE s g 0');
  await stream.after('XREADGROUP GROUP g reader STREAMS s >');

  const rows: [sent: string, arrives: string[]][] = [
    ['XCLAIM s g one 0 1-1', [claim('one', '1-1', 2)]],
    ['XCLAIM s g two 0 1-1 JUSTID', [claim('two', '1-1', 2)]],
    ['XCLAIM s g one 0 1-1 IDLE 5000 RETRYCOUNT 7', [claim('one', '1-1', 7)]],
    ['XCLAIM s g one 0 9-9', []],
    ['XCLAIM s g one 3600000 2-1', []],
  ];
  for (const [sent, arrives] of rows) {
    const streamed = await stream.after(sent);
    expect(streamed.map(timeless), sent).toEqual(arrives);
  }
  const atItsTime = await stream.after('XCLAIM s g two 0 1-1 TIME 1000 JUSTID');
  expect(atItsTime).toEqual([claim('two', '1-1', 7).replace('TIME t', 'TIME 1000')]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('what XAUTOCLAIM finds arrives as claims, several as one transaction', async ({
  deployment,
}) => {
  deployment.needsServer('xautoclaim');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('XADD s 1-1 f v', 'XADD s 2-1 f v', 'XGROUP CREATE s g 0');
  await stream.after('XREADGROUP GROUP g reader STREAMS s >');

  const both = await stream.after('XAUTOCLAIM s g one 0 0');
  expect(both.map(timeless)).toEqual([
    'MULTI',
    claim('one', '1-1', 2),
    claim('one', '2-1', 2),
    'EXEC',
  ]);
  const second = await stream.after('XAUTOCLAIM s g two 0 2-1 COUNT 1 JUSTID');
  expect(second.map(timeless)).toEqual([claim('two', '2-1', 2)]);
  expect(await stream.after('XAUTOCLAIM s g one 3600000 0')).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test.for([
  { what: 'a read of what is new', sent: 'XREADGROUP GROUP g idle STREAMS s >' },
  { what: 'a read of its own', sent: 'XREADGROUP GROUP g idle STREAMS s 0' },
  { what: 'a claim', sent: 'XCLAIM s g idle 3600000 1-1' },
  { what: 'an XAUTOCLAIM', sent: 'XAUTOCLAIM s g idle 3600000 0' },
])(
  'a consumer that found nothing by $what is on both sides or on none, but for known defects [C15]',
  async ({ sent }, { deployment }) => {
    const { target } = deployment;
    if (sent.startsWith('XAUTOCLAIM')) deployment.needsServer('xautoclaim');
    await using pair = await deployment.start(masterWithReplicas(1));
    const { master, replica } = pair;
    await using stream = await streamOf(master);
    await stream.after('XADD s 1-1 f v', 'XGROUP CREATE s g 0');
    await stream.after('XREADGROUP GROUP g reader STREAMS s >');

    const streamed = await stream.after(sent, 'SET after 1');

    await answers(replica, ['GET', 'after'], '1');
    const isMade = sent.endsWith(' STREAMS s 0') || can(target, 'idle-consumers');
    expect(await consumersOf(master)).toEqual(isMade ? ['idle', 'reader'] : ['reader']);
    const isTold = sent.startsWith('XREADGROUP') && can(target, 'idle-readers-replicated');
    if (isMade && !isTold) {
      expect(streamed, 'a known defect').toEqual(['SET after 1']);
      expect(await consumersOf(replica)).toEqual(['reader']);
      await expect(expect(replica).toConvergeWith(master)).rejects.toThrow(/^correctness: /);
      await stream.after('XGROUP DELCONSUMER s g idle');
    }
    await expect(replica).toConvergeWith(master);
  },
);

test('trimming about to an ID arrives as trimming to the entry that is first now', async ({
  deployment,
}) => {
  deployment.needsServer('trim-by-id');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('XADD s 1-1 f v', 'XADD s 2-1 f v');

  const about = await stream.after('XADD s MINID ~ 2 3-1 f v');
  expect(about).toEqual(['XADD s MINID = 1-1 3-1 f v']);
  expect(await stream.after('XTRIM s MINID ~ 2')).toEqual([]);
  const exactly = 'XADD s MINID = 2 4-1 f v';
  expect(await stream.after(exactly)).toEqual([exactly]);
  expect(await stream.after('XTRIM s MINID 4')).toEqual(['XTRIM s MINID 4']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

async function consumersOf(node: Node): Promise<unknown[]> {
  const consumers = (await node.call('XINFO', 'CONSUMERS', 's', 'g')) as unknown[][];
  return consumers.map(([, name]) => name);
}

const LAST_ID = '2-1';

/** One entry, claimed as long as the group's last ID is that of the tests about claims. */
function claim(consumer: string, id: string, deliveries: number, lastId = LAST_ID): string {
  return `XCLAIM s g ${consumer} 0 ${id} TIME t RETRYCOUNT ${deliveries} FORCE JUSTID LASTID ${lastId}`;
}

/** One entry, read for the first time. */
function delivered(
  deployment: Deployments,
  consumer: string,
  id: string,
  entriesRead: number,
): string[] {
  const claimed = claim(consumer, id, 1, id);
  return can(deployment.target, 'entries-read-replicated')
    ? ['MULTI', claimed, readTo(deployment, id, entriesRead), 'EXEC']
    : [claimed];
}

function readTo({ target }: Deployments, id: string, entriesRead: number): string {
  const counted = can(target, 'stream-counters') ? ` ENTRIESREAD ${entriesRead}` : '';
  return `XGROUP SETID s g ${id}${counted}`;
}

/** Times of delivery are the master's; that replicas hold the same is for the comparison of data. */
function timeless(line: string): string {
  return line.replace(/ TIME \d{13} /, ' TIME t ');
}
