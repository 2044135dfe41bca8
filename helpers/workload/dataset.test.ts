import { expect, test } from 'vitest';
import { scriptedCall } from '../observe/scripted-call.ts';
import { fillDataset } from './dataset.ts';
import { KINDS } from './dataset-kinds.ts';

/** Answers everything with OK and keeps what was sent. */
function recorder() {
  const { call: connection } = scriptedCall({});
  const sent: string[] = [];
  const call: typeof connection = async (command, ...args) => {
    sent.push(
      [command, ...args].map((item) => Buffer.from(String(item)).toString('hex')).join(' '),
    );
    return command === 'CLIENT' ? connection(command, ...args) : Buffer.from('OK');
  };
  return { call, sent };
}

const textOf = (hex: string) => Buffer.from(hex, 'hex').toString();

test('the seed alone determines what is written', async () => {
  const [one, same, other] = [recorder(), recorder(), recorder()];
  await fillDataset(one.call, { seed: 1, keys: 90 });
  await fillDataset(same.call, { seed: 1, keys: 90 });
  await fillDataset(other.call, { seed: 2, keys: 90 });
  expect(one.sent).toEqual(same.sent);
  expect(one.sent).not.toEqual(other.sent);
});

test('every kind is written to every database that has room for them', async () => {
  const kinds = Object.keys(KINDS);
  const filled = await fillDataset(recorder().call, {
    seed: 1,
    keys: 2 * kinds.length,
    databases: [0, 3],
  });
  expect(filled.keysByKind).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 2])));
});

test('the counts are those of what was sent', async () => {
  const { call, sent } = recorder();
  const filled = await fillDataset(call, { seed: 1, keys: 1_000 });
  const names = sent.map((command) => textOf(command.split(' ')[0] ?? ''));
  const writes = names.filter((name) => name !== 'select' && name !== 'CLIENT');
  expect(filled.commands).toBe(writes.length);
  expect(filled.keysWithExpiry).toBe(names.filter((name) => name === 'PEXPIREAT').length);
  expect(Object.values(filled.keysByKind).reduce((sum, count) => sum + count, 0)).toBe(1_000);
  expect([...filled.keysByDatabase]).toEqual([
    [0, 333],
    [9, 333],
    [11, 334],
  ]);
  expect(filled.seed).toBe(1);
});

test('only commands that Redis 6.0 has are used', async () => {
  const { call, sent } = recorder();
  await fillDataset(call, { seed: 3, keys: 600 });
  const used = new Set(sent.map((command) => textOf(command.split(' ')[0] ?? '')));
  expect([...used].sort().join(' ')).toBe(
    'CLIENT HSET LPUSH PEXPIREAT PFADD RPUSH SADD SET SETBIT XACK XADD XCLAIM XDEL XGROUP XREADGROUP XTRIM ZADD select',
  );
});

test('an error reply is thrown', async () => {
  const call = scriptedCall({}).call;
  await expect(fillDataset(call, { seed: 1, keys: 1, databases: [0] })).rejects.toThrow(
    "unknown command 'SET'",
  );
});
