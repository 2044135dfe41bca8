/** The processes behind a full resync over two connections. */
import {
  apart,
  bothUnderWay,
  expect,
  linkSeenDown,
  noPings,
  test,
  twoChannelsDirective,
  until,
} from '../helpers/suite.ts';

const KEYS = 8_000;
/** For each of them: an RDB takes seconds, and few bytes. */
const SLOWLY = { 'rdb-key-save-delay': 1_000 };

test('a master is killed while its child sends an RDB beside the stream: the child does not outlive it for long, the replica keeps its own data [F8]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(
    apart(['replica'], { ...noPings, ...SLOWLY, [directive]: 'yes' }),
  );
  const { master } = two;
  const replica = two.node('replica');
  await replica.call('SET', 'own', '1');
  const keys = Array.from({ length: KEYS }, (_, index) => `key:${index}`);
  await master.call('MSET', ...keys.flatMap((key) => [key, 'value']));
  await replica.replicaOf(master);
  await bothUnderWay(master);
  expect(await master.children()).toBe(1);

  await master.kill();

  await until(
    () => master.children(),
    (count) => count === 0,
    { what: `what ${master.name} has forked to end`, withinMs: 20_000 },
  );
  await linkSeenDown(replica);
  expect(await replica.call('GET', 'own')).toBe('1');
  expect(await replica.call('DBSIZE')).toBe(1);
});
