import { expect, test } from 'vitest';
import type { Call } from '../observe/call.ts';
import { replyError } from '../observe/scripted-call.ts';
import { until } from '../until.ts';
import { type Confirmation, Ledger, readLedger, startClients, type Writer } from './ledger.ts';

/** A clock that goes on by a millisecond whenever it is asked. */
function counting(): () => number {
  let ms = 0;
  return () => {
    ms += 1;
    return ms;
  };
}

function toMaster(call: Call): Writer {
  return { node: () => 'master', call };
}

test('a write is booked when it is invoked, and completed with what became of it', async () => {
  const ledger = new Ledger(counting());
  const { promise, resolve } = Promise.withResolvers<undefined>();

  const under = ledger.enter('master', () => promise);
  expect(ledger.writes).toEqual([{ id: 'w1', node: 'master', invokedAtMs: 1, outcome: 'unknown' }]);
  resolve(undefined);
  await under;
  await ledger.enter('heir', async () => 2);

  expect(ledger.writes).toEqual([
    { id: 'w1', node: 'master', invokedAtMs: 1, completedAtMs: 2, outcome: 'ok' },
    { id: 'w2', node: 'heir', invokedAtMs: 3, completedAtMs: 4, outcome: 'ok', confirmedBy: 2 },
  ]);
});

test.for([
  ['an error reply', replyError('NOREPLICAS no'), 'failed'],
  ['a lost connection', new Error('Connection is closed.'), 'unknown'],
] as const)('%s is booked with its words', async ([_what, error, outcome]) => {
  const ledger = new Ledger(counting());
  await ledger.enter('master', () => Promise.reject(error));
  expect(ledger.writes).toMatchObject([{ completedAtMs: 2, outcome, error: error.message }]);
});

test('the first refusal is found by its node and by when it was begun', async () => {
  const ledger = new Ledger(counting());
  const no = () => Promise.reject(replyError('NOREPLICAS no'));
  await ledger.enter('master', no);
  await ledger.enter('heir', no);
  await ledger.enter('master', async () => undefined);
  await ledger.enter('master', no);
  await ledger.enter('master', no);

  expect(ledger.refusedAtMs('master', 1)).toBe(2);
  expect(ledger.refusedAtMs('master', 2)).toBe(8);
  expect(ledger.refusedAtMs('heir', 4)).toBeUndefined();
});

const confirmation: Confirmation = { replicas: 2, withinMs: 50 };
const refused = () => Promise.reject(replyError('READONLY no'));
const silent = () => Promise.reject(new Error('Command timed out'));

test.for<[string, Record<string, () => Promise<unknown>>, object]>([
  ['both are answered', {}, { outcome: 'ok', confirmedBy: 1 }],
  ['the write is refused', { RPUSH: refused }, { outcome: 'failed' }],
  ['the write is not answered', { RPUSH: silent, WAIT: silent }, { outcome: 'unknown' }],
  ['WAIT is not answered', { WAIT: silent }, { outcome: 'ok' }],
])('a write and its WAIT: %s', async ([_what, answers, expected]) => {
  const sent: unknown[][] = [];
  const call: Call = async (...command) => {
    sent.push(command);
    // An answer takes a turn of the event loop, as a server's would.
    await new Promise(setImmediate);
    return (await answers[command[0]]?.()) ?? 1;
  };
  const ledger = new Ledger(counting());
  const clients = startClients(ledger, [toMaster(call)], { confirmation });
  await until(
    () => ledger.writes.length,
    (count) => count > 1,
    { what: 'writes', withinMs: 5_000 },
  );
  await clients.stop();

  const [write] = ledger.writes;
  expect(write).toMatchObject(expected);
  expect(write).toHaveProperty('completedAtMs');
  expect(write !== undefined && 'confirmedBy' in write).toBe('confirmedBy' in expected);
  expect(sent.slice(0, 2)).toEqual([
    ['RPUSH', 'ledger', 'w1'],
    ['WAIT', 2, 50],
  ]);
});

test('each client has one write under way, and the stop waits for those, and begins none', async () => {
  const ledger = new Ledger(counting());
  let under = 0;
  let most = 0;
  const call: Call = async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise(setImmediate);
    under -= 1;
    return 1;
  };
  const clients = startClients(ledger, Array(3).fill(toMaster(call)));
  await until(
    () => clients.outcomes.ok,
    (ok) => ok >= 30,
    { what: '30 writes', withinMs: 5_000 },
  );
  await clients.stop();
  const { length } = ledger.writes;
  expect(ledger.writes.filter(({ completedAtMs }) => completedAtMs === undefined)).toEqual([]);
  await new Promise(setImmediate);

  expect(most).toBe(3);
  expect(ledger.writes).toHaveLength(length);
  expect(clients.outcomes).toEqual({ ok: length, failed: 0, unknown: 0 });
  expect(clients.lastError).toBeUndefined();
});

test('no clients are a mistake', () => {
  expect(() => startClients(new Ledger(counting()), [])).toThrow('misuse');
});

test('what is left is read in its order', async () => {
  const call: Call = async (...command) => {
    expect(command).toEqual(['LRANGE', 'ledger', 0, -1]);
    return [Buffer.from('w2'), Buffer.from('w1')];
  };
  expect(await readLedger(call)).toEqual(['w2', 'w1']);
});
