import { expect, test } from 'vitest';
import type { Call } from '../../observe/call.ts';
import type { Operation } from '../record.ts';
import { type ClientSpec, type Drawn, runClient } from './client.ts';

const WRITE: Drawn = {
  kind: 'register',
  db: 2,
  key: 'k',
  value: '1',
  commands: [['SET', 'k', 'v']],
};

class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** Asks once, and tells what was recorded, sent, and whether the connection was given up. */
async function askOnce(call: Call, more: Partial<ClientSpec> = {}) {
  const stopping = new AbortController();
  const recorded: Operation[] = [];
  const sent: string[] = [];
  let dropped = 0;
  let ticks = 0;
  await runClient(
    {
      name: 'writer-1',
      connection: {
        call: (...command) => {
          sent.push(command.join(' '));
          return call(...command);
        },
        node: () => 'master',
        count: () => 3,
        begin: () => Promise.resolve(),
        drop: () => {
          dropped += 1;
        },
        [Symbol.dispose]: () => {},
      },
      next: () => WRITE,
      ratePerSecond: 1_000,
      clock: () => {
        ticks += 1;
        return ticks;
      },
      record: (operation) => {
        recorded.push(operation);
        stopping.abort();
      },
      ...more,
    },
    stopping.signal,
  );
  return { operation: recorded[0], sent, dropped };
}

const failing =
  (error: Error): Call =>
  (command) =>
    command === 'SELECT' ? Promise.resolve('OK') : Promise.reject(error);

test('an operation is sent to its database, and recorded with what came of it', async () => {
  const { operation, sent, dropped } = await askOnce(() => Promise.resolve('OK'));
  expect(sent).toEqual(['SELECT 2', 'SET k v']);
  expect(dropped).toBe(0);
  expect(operation).toEqual({
    type: 'operation',
    client: 'writer-1',
    connection: 3,
    node: 'master',
    kind: 'register',
    db: 2,
    key: 'k',
    value: '1',
    invokedAtMs: 1,
    completedAtMs: 2,
    outcome: 'ok',
  });
});

test('a value can come from the reply', async () => {
  const { operation } = await askOnce(() => Promise.resolve(17), {
    valueAfter: (_drawn, reply) => reply as number,
  });
  expect(operation?.value).toBe(17);
});

test('an error reply is a failure, and leaves the connection', async () => {
  const { operation, dropped } = await askOnce(failing(new ReplyError('LOADING')));
  expect(operation).toMatchObject({ outcome: 'failed', error: 'LOADING', completedAtMs: 2 });
  expect(dropped).toBe(0);
});

test('who has become a replica is left', async () => {
  const { operation, dropped } = await askOnce(failing(new ReplyError('READONLY You cannot')));
  expect(operation?.outcome).toBe('failed');
  expect(dropped).toBe(1);
});

test('a command that timed out was never heard of again: unknown, and its connection is left', async () => {
  const { operation, dropped } = await askOnce(failing(new Error('Command timed out')));
  expect(operation).toMatchObject({ outcome: 'unknown', value: '1' });
  expect(operation).not.toHaveProperty('completedAtMs');
  expect(dropped).toBe(1);
});

test('a connection lost on the way leaves open what became of it', async () => {
  const { operation } = await askOnce(failing(new Error('Connection is closed.')));
  expect(operation).toMatchObject({ outcome: 'unknown', completedAtMs: 2 });
});
