import { createHash, randomBytes } from 'node:crypto';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../helpers/ports.ts';
import { dial } from '../../helpers/toxiproxy/testing/peer.ts';
import { until } from '../../helpers/until.ts';
import { call } from './http.ts';
import { Rig } from './rig.ts';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

describe.for(implementations())('links through $name', PATIENCE, ({ start }) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  test('bytes pass both ways, unchanged', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.open();
    const [request, response] = [randomBytes(3_000_000), randomBytes(2_000_000)];
    client.send(request);
    server.send(response);
    expect((await server.hasReceived(request.length)).equals(request)).toBe(true);
    expect((await client.hasReceived(response.length)).equals(response)).toBe(true);
  });

  test('bytes sent before the upstream answered are not lost', async () => {
    await using rig = await Rig.start(subject);
    const client = await dial(subject.connectHost, rig.port);
    client.send('early');
    const server = await rig.upstream.peer(1);
    expect(String(await server.hasReceived(5))).toBe('early');
    client[Symbol.dispose]();
  });

  test('the end of one side reaches the other, behind all bytes', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    // More than the kernel takes in: the end comes to the proxy while bytes still wait in it.
    server.socket.pause();
    const data = randomBytes(24_000_000);
    client.socket.end(data);
    server.send('marker');
    await client.hasReceived(10);
    server.socket.resume();
    expect(await server.hasSeenEnd()).toBe('end');
    expect(server.received.subarray(4).equals(data)).toBe(true);
  });

  test('disabling drops connections and refuses new ones; enabling takes the same port again', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const disabled = await rig.proxy.update({ ...rig.proxy.toJson(), enabled: false });
    expect(disabled).toMatchObject({ enabled: false, listen: rig.proxy.listen });
    expect(await client.hasSeenEnd()).toBe('end');
    expect(await server.hasSeenEnd()).toBe('end');
    await expect(dial(subject.connectHost, rig.port)).rejects.toThrow('ECONNREFUSED');
    const enabled = await rig.proxy.update({ ...rig.proxy.toJson(), enabled: true });
    expect(enabled).toMatchObject({ enabled: true, listen: rig.proxy.listen });
    const again = await rig.open();
    again.client.send('again');
    expect(String(await again.server.hasReceived(5))).toBe('again');
  });

  test('another upstream drops connections; new ones go there', async () => {
    await using rig = await Rig.start(subject);
    await using elsewhere = await Rig.start(subject);
    const { client } = await rig.openProven();
    await rig.proxy.update({ ...rig.proxy.toJson(), upstream: elsewhere.upstream.address });
    expect(await client.hasSeenEnd()).toBe('end');
    using moved = await dial(subject.connectHost, rig.port);
    moved.send('moved');
    const server = await elsewhere.upstream.peer(1);
    expect(String(await server.hasReceived(5))).toBe('moved');
  });

  test('an update that changes nothing leaves connections alone', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    await rig.proxy.update(rig.proxy.toJson());
    client.send('still here');
    await server.hasReceived(14);
  });

  test('a deleted proxy drops its connections', async () => {
    await using rig = await Rig.start(subject);
    await using other = await Rig.start(subject);
    const { client } = await rig.openProven();
    const unharmed = await other.openProven();
    await call(subject, 'DELETE', `/proxies/${rig.proxy.name}`);
    expect(await client.hasSeenEnd()).toBe('end');
    unharmed.client.send('alive');
    await unharmed.server.hasReceived(9);
    await call(subject, 'POST', '/proxies', JSON.stringify(rig.proxy.toJson()));
  });

  test.for(['refused', 'unknown.invalid:1', 'rubbish'])(
    'upstream %s: the client is let in and closed; the API and other proxies go on',
    async (kind) => {
      await using rig = await Rig.start(subject);
      const upstream = kind === 'refused' ? await refusedAddress(subject) : kind;
      await rig.proxy.update({ ...rig.proxy.toJson(), upstream });
      using client = await dial(subject.connectHost, rig.port);
      expect(await client.hasSeenEnd()).not.toBe('open');
      expect((await new Toxiproxy(subject.url).get(rig.proxy.name)).upstream).toBe(upstream);
      await rig.proxy.update(rig.proxy.toJson());
      await rig.open();
    },
  );

  test('toxics come, change and go on a live connection without touching a byte', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.open();
    const block = randomBytes(100_000);
    const digest = createHash('sha256');
    let sent = 0;
    const send = () => {
      client.send(block);
      digest.update(block);
      sent += block.length;
    };
    for (let round = 0; round < 5; round += 1) {
      send();
      const late = await rig.toxic('latency', { latency: 20, jitter: 0 }, { stream: 'upstream' });
      send();
      const slow = await rig.toxic('bandwidth', { rate: 50_000 }, { stream: 'upstream' });
      send();
      await late.update({ ...late.toJson(), attributes: { latency: 5, jitter: 0 } });
      await late.remove();
      send();
      await slow.remove();
    }
    const received = await server.hasReceived(sent);
    expect(received.length).toBe(sent);
    expect(createHash('sha256').update(received).digest('hex')).toBe(digest.digest('hex'));
  });

  test('500 connections at once, each with its own bytes', async () => {
    await using rig = await Rig.start(subject);
    const opened = await Promise.all(
      Array.from({ length: 500 }, () => dial(subject.connectHost, rig.port)),
    );
    opened.forEach((client, index) => {
      client.send(`client ${String(index).padStart(4, '0')}`);
    });
    await rig.upstream.peer(500);
    await Promise.all(rig.upstream.peers.map((server) => server.hasReceived(11, 30_000)));
    for (const server of rig.upstream.peers) server.send(server.received);
    await Promise.all(opened.map((client) => client.hasReceived(11, 30_000)));
    opened.forEach((client, index) => {
      expect(String(client.received)).toBe(`client ${String(index).padStart(4, '0')}`);
      client[Symbol.dispose]();
    });
  });

  test('metrics count the bytes of a closed connection, by direction', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    server.send('12345');
    await client.hasReceived(9);
    server.socket.end();
    await client.hasSeenEnd();
    client.socket.end();
    const { name, listen, upstream } = rig.proxy;
    const line = (phase: string, direction: string, bytes: number) =>
      `toxiproxy_proxy_${phase}_bytes_total{direction="${direction}",listener="${listen}",proxy="${name}",upstream="${upstream}"} ${bytes}\n`;
    const reply = await until(
      () => call(subject, 'GET', '/metrics'),
      ({ text }) =>
        text.includes(line('received', 'downstream', 9)) &&
        text.includes(line('sent', 'downstream', 9)) &&
        text.includes(line('received', 'upstream', 4)),
      {
        what: 'the counters of both directions',
        withinMs: 5_000,
        describe: (seen) => (seen as { text: string }).text,
      },
    );
    expect(reply.type).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8/);
  });
});

/** An address where nothing listens. */
async function refusedAddress({ upstreamHost }: Subject): Promise<string> {
  return `${upstreamHost}:${await freePort()}`;
}
