/** Functions are data: they replicate, and what they do replicates like what scripts do. */
import {
  answers,
  cut,
  expect,
  masterWithReplicas,
  type Node,
  noPings,
  refuses,
  streamOf,
  test,
} from '../helpers/suite.ts';

const REFUSED = 'NOREPLICAS Not enough good replicas to write.';

test('functions reach a replica in the stream, in a partial resync and in an RDB [H2]', async ({
  deployment,
}) => {
  deployment.needsServer('functions');
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  await master.call('SET', 'key', 'value');

  await master.call('FUNCTION', 'LOAD', library('first'));
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('FCALL_RO', 'first_reads', 1, 'key')).toBe('value');

  const outage = await replica.link.apply(cut());
  await master.call('FUNCTION', 'LOAD', library('second'));
  await outage.heal();
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
  expect(await libraries(replica)).toEqual([library('first'), library('second')]);

  await replica.kill();
  await replica.restart({ data: 'lost' });
  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(master);
  expect(await libraries(replica)).toEqual([library('first'), library('second')]);
});

test('a function that writes twice arrives as a transaction of its writes [C16]', async ({
  deployment,
}) => {
  deployment.needsServer('functions');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.client.call('FUNCTION', 'LOAD', library('lib'));
  expect(await stream.after()).toEqual([`FUNCTION LOAD ${library('lib')}`]);

  await stream.client.call('FCALL', 'lib_writes', 2, 'key', 'times');
  expect(await stream.after()).toEqual(['MULTI', 'SET key written', 'INCR times', 'EXEC']);
  expect(await stream.client.call('FCALL', 'lib_reads', 1, 'key')).toBe('written');
  expect(await stream.after()).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('with too few replicas only those functions and scripts run that are declared to write nothing [W1]', async ({
  deployment,
}) => {
  deployment.needsServer('functions');
  const masterConfig = { 'min-replicas-to-write': 1 };
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, masterConfig }),
  );
  const { master, replica } = pair;
  await answers(master, ['SET', 'key', 'value'], 'OK');
  await master.call('FUNCTION', 'LOAD', library('lib'));

  const outage = await replica.link.apply(cut());
  await refuses(master, ['SET', 'probe', '1'], REFUSED);
  const { offset } = await master.snapshot();
  const get = "return redis.call('GET', KEYS[1])";
  const run: [command: string, script: string][] = [
    ['FCALL', 'lib_reads'],
    ['FCALL_RO', 'lib_reads'],
    ['EVAL', `#!lua flags=no-writes\n${get}`],
  ];
  for (const [command, script] of run) {
    expect(await master.call(command, script, 1, 'key'), script).toBe('value');
  }
  const refused: [command: string, script: string, ...keys: string[]][] = [
    ['FCALL', 'lib_writes', 'key', 'times'],
    ['EVAL', `#!lua\n${get}`, 'key'],
  ];
  for (const [command, script, ...keys] of refused) {
    const calling = master.call(command, script, keys.length, ...keys);
    await expect(calling, script).rejects.toThrow(REFUSED);
  }
  await expect(master.call('FUNCTION', 'LOAD', library('late'))).rejects.toThrow(REFUSED);
  expect((await master.snapshot()).offset, 'nothing of it is in the stream').toBe(offset);
  await outage.heal();

  await expect(replica).toResync('partial');
  await answers(master, ['FCALL', 'lib_writes', 2, 'key', 'times'], 'OK');
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('GET', 'times')).toBe('1');
});

/** A library of a function that writes to two keys and one that reads, by names of its own. */
function library(name: string): string {
  return `#!lua name=${name}
redis.register_function('${name}_writes', function(keys)
  redis.call('SET', keys[1], 'written')
  redis.call('INCR', keys[2])
  return redis.status_reply('OK')
end)
redis.register_function{
  function_name = '${name}_reads',
  callback = function(keys) return redis.call('GET', keys[1]) end,
  flags = { 'no-writes' },
}`;
}

/** The code of all that a node has, in alphabetical order: it tells them in any. */
async function libraries(node: Node): Promise<string[]> {
  const all = (await node.call('FUNCTION', 'LIST', 'WITHCODE')) as string[][];
  return all.map((library) => library[library.indexOf('library_code') + 1] ?? '').sort();
}
