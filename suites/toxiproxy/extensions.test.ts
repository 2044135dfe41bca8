import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../helpers/toxiproxy/connection.ts';
import type { ToxiproxyEvent } from '../../helpers/toxiproxy/events.ts';
import { extensionsOf } from '../../helpers/toxiproxy/extensions.ts';
import { ToxiproxyServer } from '../../helpers/toxiproxy/server.ts';
import { afterPattern, atByte, type Matcher } from '../../helpers/toxiproxy/when.ts';
import { until } from '../../helpers/until.ts';
import { call } from './http.ts';
import { Rig } from './rig.ts';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

describe.for(implementations())('telling extensions apart: $name', PATIENCE, ({ name, start }) => {
  test('a server with extensions names them; Toxiproxy has none', async () => {
    await using subject = await start();
    const names = ['corrupt', 'cut_at', 'hold', 'seed', 'switch', 'tap'];
    expect(await extensionsOf(subject.url)).toEqual(name === 'real' ? [] : names);
  });

  test.for(['corrupt', 'cut_at', 'hold'])('Toxiproxy refuses %s', async (type) => {
    await using subject = await start();
    await using rig = await Rig.start(subject);
    const attributes = { offset: 0, mask: 1, bytes: 1, after: 1 };
    const own = { corrupt: ['offset', 'mask'], cut_at: ['bytes'], hold: ['after'] }[type] ?? [];
    const given = Object.fromEntries(
      Object.entries(attributes).filter(([key]) => own.includes(key)),
    );
    const body = JSON.stringify({ type, attributes: given });
    const { status } = await call(subject, 'POST', `/proxies/${rig.proxy.name}/toxics`, body);
    expect(status).toBe(name === 'real' ? 400 : 200);
  });
});

describe('extensions of the embedded server', PATIENCE, () => {
  let server: ToxiproxyServer;
  let subject: Subject;
  beforeAll(async () => {
    server = await ToxiproxyServer.start({ seed: 7, tap: { bytesPerDirection: 100 } });
    const loopback = '127.0.0.1';
    subject = {
      url: server.url,
      listenHost: loopback,
      connectHost: loopback,
      upstreamHost: loopback,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
  afterAll(() => subject[Symbol.asyncDispose]());
  beforeEach(() => server.reseed(7));

  /** Proves that the way from client to server delivers nothing, by a marker that went the other way round. */
  async function passTime(rig: Rig): Promise<void> {
    const late = await rig.toxic('latency', { latency: 200, jitter: 0 });
    const { client, server: upstream } = await rig.open();
    upstream.send('m');
    await client.hasReceived(1);
    await late.remove();
  }

  test('corrupt flips the bits told in the byte told, on each connection once', async () => {
    await using rig = await Rig.start(subject);
    await rig.toxic('corrupt', { offset: 70_000, mask: 0b1000_0001 }, { stream: 'upstream' });
    const data = randomBytes(200_000);
    const expected = Buffer.from(data);
    expected.writeUInt8(expected.readUInt8(70_000) ^ 0b1000_0001, 70_000);
    for (let round = 0; round < 2; round += 1) {
      const { client, server: upstream } = await rig.open();
      client.send(data);
      expect((await upstream.hasReceived(data.length)).equals(expected)).toBe(true);
    }
  });

  test.for([0, 1, 99, 100_000])(
    'cut_at %i delivers exactly so many bytes, again and again',
    async (bytes) => {
      await using rig = await Rig.start(subject);
      await rig.toxic('cut_at', { bytes, reset: false }, { stream: 'upstream' });
      const data = randomBytes(150_000);
      for (let round = 0; round < 3; round += 1) {
        const { client, server: upstream } = await rig.open();
        client.send(data);
        expect(await upstream.hasSeenEnd()).toBe('end');
        expect(upstream.received.equals(data.subarray(0, bytes))).toBe(true);
        await client.hasSeenEnd();
      }
    },
  );

  test('cut_at counts from the start of the connection and spares one that is past the byte', async () => {
    await using rig = await Rig.start(subject);
    const cut = await rig.openProven();
    const past = await rig.openProven();
    past.client.send('123456789');
    await past.server.hasReceived(13);
    await rig.toxic('cut_at', { bytes: 10, reset: false }, { stream: 'upstream' });
    cut.client.send('123456789');
    expect(await cut.server.hasSeenEnd()).toBe('end');
    expect(String(cut.server.received)).toBe('ping123456');
    past.client.send('more');
    await past.server.hasReceived(17);
  });

  test('cut_at the byte a connection stands at cuts it there and then', async () => {
    await using rig = await Rig.start(subject);
    const { client, server: upstream } = await rig.openProven();
    await rig.toxic('cut_at', { bytes: 4, reset: true }, { stream: 'upstream' });
    expect(await client.hasSeenEnd()).toBe('reset');
    expect(await upstream.hasSeenEnd()).toBe('reset');
  });

  test('hold keeps bytes and the end back, then releases them in order', async () => {
    await using rig = await Rig.start(subject);
    const { client, server: upstream } = await rig.open();
    const held = await rig.toxic('hold', { after: 10 }, { stream: 'upstream' });
    const data = randomBytes(500_000);
    client.socket.end(data);
    await upstream.hasReceived(10);
    await passTime(rig);
    expect(upstream.receivedBytes).toBe(10);
    expect(upstream.seen).toBe('open');
    await held.update({ ...held.toJson(), attributes: { after: 20 } });
    await upstream.hasReceived(20);
    expect(upstream.receivedBytes).toBe(20);
    await held.remove();
    expect(await upstream.hasSeenEnd()).toBe('end');
    expect(upstream.received.equals(data)).toBe(true);
  });

  test.for([
    ['corrupt', { offset: 0, mask: 0 }, 'mask must be from 1 to 255 (the bits to flip), got 0'],
    ['corrupt', { offset: -1, mask: 1 }, 'offset must be 0 or more, got -1'],
    ['cut_at', { bytes: -1, reset: false }, 'bytes must be 0 or more, got -1'],
    ['hold', { after: -1 }, 'after must be 0 bytes or more, got -1'],
  ] as const)('%s %j is refused', async ([type, attributes, problem]) => {
    await using rig = await Rig.start(subject);
    const path = `/proxies/${rig.proxy.name}/toxics`;
    const body = JSON.stringify({ type, attributes });
    const error = `bad request body: ${type}: ${problem}`;
    expect((await call(subject, 'POST', path, body)).json).toEqual({ error, status: 400 });
  });

  test('an attribute that an extension does not have is refused by name', async () => {
    await using rig = await Rig.start(subject);
    const path = `/proxies/${rig.proxy.name}/toxics`;
    const body = '{"type":"cut_at","attributes":{"byte":5}}';
    const error = 'bad request body: cut_at has no attribute byte, only bytes, reset';
    expect((await call(subject, 'POST', path, body)).json).toEqual({ error, status: 400 });
  });

  /** On which of 20 connections, in order, a toxic of toxicity 0.5 acted. */
  async function decisions(rig: Rig): Promise<string> {
    let acted = '';
    const from = rig.upstream.peers.length;
    for (let round = 1; round <= 20; round += 1) {
      const { client } = await rig.open();
      (await rig.upstream.peer(from + round)).send('x');
      await until(
        () => client.receivedBytes > 0 || client.seen !== 'open',
        (decided) => decided,
        { what: 'a byte or the end', withinMs: 5_000 },
      );
      acted += client.receivedBytes > 0 ? '.' : '#';
    }
    return acted;
  }

  test('the same seed takes the same decisions, another one others', async () => {
    await using rig = await Rig.start(subject);
    await rig.toxic('limit_data', { bytes: 0 }, { toxicity: 0.5 });
    const first = await decisions(rig);
    expect(first).toMatch(/^(?=.*#)(?=.*\.)/);
    const reseed = (seed: number) => call(subject, 'POST', '/extensions/seed', `{"seed":${seed}}`);
    expect((await reseed(8)).json).toEqual({ seed: 8 });
    expect(await decisions(rig)).not.toBe(first);
    await reseed(7);
    expect(await decisions(rig)).toBe(first);
  });

  test('the tap tells what came and what passed, in order, and keeps the last bytes', async () => {
    await using rig = await Rig.start(subject);
    const events: ToxiproxyEvent[] = [];
    using _subscription = server.subscribe((event) => {
      if (event.proxy === rig.proxy.name) events.push(event);
    });
    await rig.toxic('corrupt', { offset: 2, mask: 1 }, { stream: 'upstream' });
    const { client, server: upstream } = await rig.open();
    client.send('abc');
    await upstream.hasReceived(3);
    upstream.send('de');
    await client.hasReceived(2);
    client.send('x'.repeat(300));
    await upstream.hasReceived(303);
    client.socket.end();
    upstream.socket.end();
    await until(
      () => events.at(-1)?.kind,
      (kind) => kind === 'closed',
      { what: 'the connection to be closed', withinMs: 5_000 },
    );
    const told = events.slice(0, 5).map((event) => ({
      kind: event.kind,
      connection: event.connection,
      text: 'data' in event ? `${event.direction} ${event.offset} ${event.data}` : '',
    }));
    expect(told).toEqual([
      { kind: 'opened', connection: 1, text: '' },
      { kind: 'received', connection: 1, text: 'upstream 0 abc' },
      { kind: 'sent', connection: 1, text: 'upstream 0 abb' },
      { kind: 'received', connection: 1, text: 'downstream 0 de' },
      { kind: 'sent', connection: 1, text: 'downstream 0 de' },
    ]);
    const times = events.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const { json } = await call(subject, 'GET', '/extensions/tap');
    const [kept] = (json as { connections: { proxy: string }[] }).connections.filter(
      ({ proxy }) => proxy === rig.proxy.name,
    );
    expect(kept).toMatchObject({
      connection: 1,
      upstream: { bytes: 303, chunks: [{ offset: 203 }] },
      downstream: { bytes: 2, chunks: [{ offset: 0, base64: 'ZGU=' }] },
    });
  });

  const cutHere = ({ connection, offset }: { connection: Connection; offset: number }) =>
    connection.addToxic({
      type: 'cut_at',
      stream: 'upstream',
      attributes: { bytes: offset, reset: false },
    });

  test('a fault on a condition: cut behind the second ACK, on that connection alone', async () => {
    await using rig = await Rig.start(subject);
    using watch = server.when(
      { proxy: rig.proxy.name, direction: 'upstream', matcher: afterPattern('ACK', 2) },
      cutHere,
    );
    const other = await rig.openProven();
    const { client, server: upstream } = await rig.open();
    client.send('ACK 1 A');
    await upstream.hasReceived(7);
    client.send('CK 2 ACK 3');
    expect(await upstream.hasSeenEnd()).toBe('end');
    expect(String(upstream.received)).toBe('ACK 1 ACK');
    expect(await watch.hit).toMatchObject({ offset: 9, direction: 'upstream' });
    other.client.send('ACK ACK ACK');
    await other.server.hasReceived(15);
  });

  test('a condition may parse: the first byte behind a counted payload, such as an RDB', async () => {
    const afterPayload = (): Matcher => {
      let text = '';
      return (data, offset) => {
        text += data.toString('latin1');
        const header = /\$(\d+)\r\n/.exec(text);
        if (header === null) return undefined;
        const end = header.index + header[0].length + Number(header[1]);
        return offset + data.length > end ? end : undefined;
      };
    };
    await using rig = await Rig.start(subject);
    const condition = { direction: 'upstream', matcher: afterPayload } as const;
    using watch = server.when({ proxy: rig.proxy.name, ...condition }, cutHere);
    const { client, server: upstream } = await rig.open();
    client.send('+FULLRESYNC\r\n$5\r\n12');
    client.send('345*1\r\n');
    expect(await upstream.hasSeenEnd()).toBe('end');
    expect(String(upstream.received)).toBe('+FULLRESYNC\r\n$5\r\n12345');
    await watch.hit;
  });

  test('an action that throws rejects the watch and harms nothing else', async () => {
    await using rig = await Rig.start(subject);
    using watch = server.when({ direction: 'upstream', matcher: atByte(0) }, () => {
      throw new Error('action failed');
    });
    const rejected = expect(watch.hit).rejects.toThrow('action failed');
    const { client, server: upstream } = await rig.open();
    client.send('fine');
    await upstream.hasReceived(4);
    await rejected;
  });
});
