/** Commands that are left to chance or to the clock: the stream says what came of them. */
import { can } from '../helpers/deployment/capabilities.ts';
import { expect, masterWithReplicas, streamOf, test } from '../helpers/suite.ts';

/** Where keys are freed in the background, as in Valkey by default, their end arrives as UNLINK. */
const plainDeletes = { 'lazyfree-lazy-server-del': 'no' };

test('members popped at random arrive by name, in batches of SREM [C9]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: plainDeletes }));
  await using stream = await streamOf(pair.master);
  const batchSize = can(await pair.master.snapshot(), 'srem-in-batches') ? 1_024 : 1;
  const members = Array.from({ length: 4_000 }, (_, at) => `m${at}`);
  await stream.after(`SADD set ${members.join(' ')}`);

  // The last leaves so few that servers keep those rather than remove the others.
  for (const count of [1_023, 1_024, 1_025, 900]) {
    const popped = (await stream.client.call('SPOP', 'set', count)) as string[];
    const streamed = await stream.after();
    const removals = streamed.filter((line) => line.startsWith('SREM set '));
    const removed = removals.map((line) => line.split(' ').slice(2));
    expect(popped).toHaveLength(count);
    expect(removed.flat().sort()).toEqual(popped.sort());
    expect(removed.map(({ length }) => length)).toEqual(inBatches(count, batchSize));
    expect(streamed).toEqual(removals.length > 1 ? ['MULTI', ...removals, 'EXEC'] : removals);
  }
  const last = await stream.client.call('SPOP', 'set');
  expect(await stream.after()).toEqual([`SREM set ${last}`]);
  expect(await stream.after('SPOP set 4000')).toEqual(['DEL set']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('stream entries arrive with the IDs they were given', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);

  const first = await stream.client.call('XADD', 'stream', '*', 'field', 'value');
  expect(await stream.after()).toEqual([`XADD stream ${first} field value`]);
  const trimming = ['MAXLEN', '~', '1', '*', 'field', 'value'];
  const second = await stream.client.call('XADD', 'stream', ...trimming);
  expect(await stream.after()).toEqual([`XADD stream MAXLEN = 2 ${second} field value`]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

function inBatches(count: number, batchSize: number): number[] {
  const whole = Array.from({ length: Math.floor(count / batchSize) }, () => batchSize);
  return count % batchSize === 0 ? whole : [...whole, count % batchSize];
}
