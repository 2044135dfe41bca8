import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { request } from './raw-reply.ts';
import { type Tapped, tapStream } from './stream-tap.ts';

const REPLID = 'a'.repeat(40);
const RDB = 'REDIS0010\xff$5\r\n+FULLRESYNC';
const ATTACHED = `\n\n+FULLRESYNC ${REPLID} 1000\r\n\n\n$${RDB.length}\r\n${RDB}`;
const END = request(['SET', 'end', '1']);

const STREAM = [
  ['SELECT', '2'],
  ['SET', 'k\xff\r\n', ''],
  ['PING'],
  ['MULTI'],
  ['select', '0'],
  ['REPLCONF', 'GETACK', '*'],
  ['EXEC'],
].map(request);

/** A server that takes one client, answers its lines in turn, and then says more, in pieces of so many bytes. */
async function master(answers: readonly string[], pieceBytes = 65_536) {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const left = [...answers];
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay(true));
    socket.setEncoding('latin1').on('data', (said: string) => {
      heard.push(said);
      const answer = left.shift() ?? '';
      for (let at = 0; at < answer.length; at += pieceBytes) {
        socket.write(answer.slice(at, at + pieceBytes), 'latin1');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const node = (config = {}): Tapped => ({
    name: 'master',
    server: { outside: { host: '127.0.0.1', port } },
    config,
  });
  return {
    heard,
    node,
    hangUp: () => sockets.forEach((socket) => void socket.end()),
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test.for([1, 7, 65_536])(
  'commands with database and offset, in pieces of %i bytes',
  async (bytes) => {
    using fake = await master([ATTACHED + STREAM.join('') + END + END], bytes);
    await using tap = await tapStream(fake.node());

    const commands = await tap.commandsUntil('end');

    expect(fake.heard).toEqual([request(['PSYNC', '?', '-1'])]);
    const endOffset = (count: number) => 1000 + STREAM.slice(0, count).join('').length;
    expect(commands).toEqual([
      { words: ['SELECT', '2'], db: 2, endOffset: endOffset(1) },
      { words: ['SET', 'k\xff\r\n', ''], db: 2, endOffset: endOffset(2) },
      { words: ['MULTI'], db: 2, endOffset: endOffset(4) },
      { words: ['select', '0'], db: 0, endOffset: endOffset(5) },
      { words: ['EXEC'], db: 0, endOffset: endOffset(7) },
    ]);
    expect(await tap.commandsUntil('end')).toEqual([]);
  },
);

test('housekeeping is handed out on demand', async () => {
  using fake = await master([ATTACHED + STREAM.join('') + END]);
  await using tap = await tapStream(fake.node(), { housekeeping: true });

  const names = (await tap.commandsUntil('end')).map(({ words: [name] }) => name);
  expect(names).toEqual(['SELECT', 'SET', 'PING', 'MULTI', 'select', 'REPLCONF', 'EXEC']);
});

test('a password is given first, and its refusal told', async () => {
  using fake = await master(['+OK\r\n', ATTACHED + END]);
  await using tap = await tapStream(fake.node({ requirepass: 'secret' }));
  expect(await tap.commandsUntil('end')).toEqual([]);
  expect(fake.heard[0]).toBe(request(['AUTH', 'secret']));

  using other = await master(['-WRONGPASS no\r\n']);
  await expect(tapStream(other.node({ requirepass: 'secret' }))).rejects.toThrow(
    'misuse: AUTH for the replication stream of master was refused: -WRONGPASS no',
  );
});

test('a refused PSYNC is told', async () => {
  using fake = await master(['-NOMASTERLINK no\r\n']);
  await expect(tapStream(fake.node())).rejects.toThrow(
    'liveness: PSYNC for the replication stream of master was refused: -NOMASTERLINK no',
  );
});

test('a marker that does not come: what came last is told, and kept', async () => {
  using fake = await master([ATTACHED + STREAM.join('')]);
  await using tap = await tapStream(fake.node());
  await expect(tap.commandsUntil('end', 50)).rejects.toThrow(
    /^liveness: waited 50 ms for end in the replication stream of master; last seen: .*"EXEC"\], up to offset 1155$/,
  );
  expect(await tap.commandsUntil('0')).toHaveLength(3);
});

test('a stream that ends is told, with what came last', async () => {
  using fake = await master([ATTACHED + END + STREAM[0]]);
  await using tap = await tapStream(fake.node());
  expect(await tap.commandsUntil('end')).toEqual([]);
  fake.hangUp();
  await expect(tap.commandsUntil('end')).rejects.toThrow(
    /^liveness: the replication stream of master ended before end came \(the server closed the connection\); last seen: \["SELECT 2"\]/,
  );
});

test('a stream that is none is told with its place', async () => {
  using fake = await master([`${ATTACHED}${END}PING\r\n`]);
  await using tap = await tapStream(fake.node());
  await tap.commandsUntil('end');
  await expect(tap.commandsUntil('end')).rejects.toThrow('expected a reply at byte');
});

test('a connection that ends before the RDB is told', async () => {
  using fake = await master([ATTACHED.slice(0, -1)]);
  const attaching = tapStream(fake.node());
  await expect.poll(() => fake.heard).toHaveLength(1);
  fake.hangUp();
  await expect(attaching).rejects.toThrow('the server closed the connection');
});
