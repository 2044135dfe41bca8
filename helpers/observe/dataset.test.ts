import { expect, test } from 'vitest';
import { readDataset } from './dataset.ts';
import { scriptedCall } from './scripted-call.ts';

type Strings = Readonly<Record<string, string>>;

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** A server with strings only, and what a test says of it. */
function server(
  databases: Readonly<Record<number, Strings>>,
  more: Parameters<typeof scriptedCall>[0] = {},
) {
  const keysOf = (db: number) => Object.keys(databases[db] ?? {});
  return scriptedCall({
    INFO: ([section]) =>
      bytes(
        section === 'keyspace'
          ? Object.keys(databases)
              .map((db) => `db${db}:keys=1,expires=0\r\n`)
              .join('')
          : 'redis_version:6.0.16\r\nrdb_changes_since_last_save:5\r\nrdb_last_save_time:9\r\n',
      ),
    SCAN: (args, db) =>
      args.includes('TYPE') && !args.includes('string')
        ? [bytes('0'), []]
        : [bytes('0'), keysOf(db).map(bytes)],
    MGET: (keys, db) => keys.map((key) => bytes(databases[db]?.[String(key)] ?? '')),
    TIME: () => [bytes('100'), bytes('2500')],
    PTTL: () => -1,
    TYPE: () => bytes('none'),
    ...more,
  });
}

const shape = async (fake: ReturnType<typeof server>) => {
  const { databases } = await readDataset(fake.call);
  return [...databases].map(([db, keys]) => [db, [...keys.keys()].sort()]);
};

test('reads every database in use and selects the one that was selected before', async () => {
  const fake = server({ 0: { a: '1' }, 9: { b: '2', c: '3' } });
  await fake.call('select', 4);
  expect(await shape(fake)).toEqual([
    [0, ['a']],
    [9, ['b', 'c']],
  ]);
  expect(fake.sent.filter((command) => command.startsWith('select'))).toEqual([
    'select 4',
    'select 0',
    'select 9',
    'select 4',
  ]);
});

test('selects the database again when the reading fails', async () => {
  const fake = server({ 9: { a: '1' } }, { MGET: () => Promise.reject(new Error('LOADING')) });
  await expect(readDataset(fake.call)).rejects.toThrow('LOADING');
  expect(fake.sent.at(-1)).toBe('select 0');
});

test('equal values have equal digests, different ones do not', async () => {
  const { databases } = await readDataset(server({ 0: { a: '1', b: '1', c: '2' } }).call);
  const keys = databases.get(0);
  expect(keys?.get('a')).toEqual(keys?.get('b'));
  expect(keys?.get('a')?.digest).not.toBe(keys?.get('c')?.digest);
});

test('follows the cursor, and a key that SCAN repeats is one key', async () => {
  const pages: Record<string, unknown> = {
    0: [bytes('17'), [bytes('a')]],
    17: [bytes('0'), [bytes('a'), bytes('b')]],
  };
  const SCAN = (args: readonly unknown[]) =>
    args.includes('string') ? pages[String(args[0])] : [bytes('0'), []];
  expect(await shape(server({ 0: { a: '1', b: '2' } }, { SCAN }))).toEqual([[0, ['a', 'b']]]);
});

test('keys keep their bytes', async () => {
  const name = Buffer.from([0xff, 0x00, 0x0a]);
  const SCAN = (args: readonly unknown[]) => [bytes('0'), args.includes('string') ? [name] : []];
  expect(await shape(server({ 0: {} }, { SCAN }))).toEqual([[0, ['\xff\0\n']]]);
});

test('without PEXPIRETIME an expiry is TIME plus PTTL, with the precision of TIME around it', async () => {
  let asked = 0;
  const clock = { TIME: () => [bytes('100'), bytes(String(2_000 * ++asked))], PTTL: () => 70 };
  const read = await readDataset(server({ 0: { a: '1' } }, clock).call);
  expect(read.databases.get(0)?.get('a')?.expiresAtMs).toBe(100_002 + 70);
  expect(read.expiryPrecisionMs).toBe(3);
});

test('with PEXPIRETIME an expiry is exact, and a key that is gone is not recorded', async () => {
  const PEXPIRETIME = ([key]: readonly unknown[]) =>
    String(key) === 'gone' ? -2 : 4_102_444_800_000;
  const read = await readDataset(server({ 0: { a: '1', gone: '' } }, { PEXPIRETIME }).call);
  expect(
    [...(read.databases.get(0) ?? [])].map(([key, { expiresAtMs }]) => [key, expiresAtMs]),
  ).toEqual([['a', 4_102_444_800_000]]);
  expect(read.expiryPrecisionMs).toBe(0);
});

test('keys of unknown types are found by the last pass and counted', async () => {
  const fake = server(
    { 0: {} },
    {
      SCAN: (args) => [bytes('0'), args.includes('TYPE') ? [] : [bytes('filter')]],
      TYPE: () => bytes('MBbloom--'),
      DUMP: () => bytes('payload0123456789'),
    },
  );
  const read = await readDataset(fake.call);
  expect(read.databases.get(0)?.get('filter')?.type).toBe('MBbloom--');
  expect(read.dumped).toEqual(new Map([['MBbloom--', 1]]));
});

test('tells what the server counted as changes during the reading', async () => {
  const read = (changes: number[], savedAt: number[]) =>
    readDataset(
      server(
        {},
        {
          INFO: ([section]) =>
            bytes(
              section === 'persistence'
                ? `rdb_changes_since_last_save:${changes.shift()}\r\nrdb_last_save_time:${savedAt.shift()}\r\n`
                : 'redis_version:6.0.16\r\n',
            ),
        },
      ).call,
    );
  expect((await read([5, 7], [1, 1])).changesWhileReading).toBe(2);
  expect((await read([5, 0], [1, 2])).changesWhileReading).toBeUndefined();
});

test('no more keys are read at a time than asked for, even where SCAN gives more', async () => {
  const names = Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`k${at}`, 'v']));
  const fake = server({ 0: names });
  const read = await readDataset(fake.call, { keysInFlight: 10 });
  expect(read.databases.get(0)?.size).toBe(45);
  const asked = fake.sent.filter((command) => command.startsWith('MGET'));
  expect(asked.map((command) => command.split(' ').length - 1)).toEqual([10, 10, 10, 10, 5]);
});

test('a pass that fails ends only after the others, and its error is thrown', async () => {
  let ended = false;
  const slowly = async () => {
    await new Promise(setImmediate);
    ended = true;
    return null;
  };
  const fake = server(
    { 0: {} },
    {
      SCAN: (args) => [bytes('0'), args.includes('TYPE') ? [bytes('k')] : []],
      LRANGE: () => Promise.reject(new Error('LOADING')),
      MGET: async () => [await slowly()],
      SMEMBERS: () => [],
      HGETALL: () => [],
      ZRANGE: () => [],
      XINFO: () => Promise.reject(new Error('ERR no such key')),
    },
  );
  await expect(readDataset(fake.call)).rejects.toThrow('LOADING');
  expect(ended).toBe(true);
  expect(fake.sent.at(-1)).toBe('select 0');
});
