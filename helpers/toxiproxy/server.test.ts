import { request } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { ToxiproxyEvent } from './events.ts';
import { ToxiproxyServer } from './server.ts';
import { dial, Upstream } from './testing/peer.ts';

test('listens on loopback unless told, on a free port, with a seed that can be read back', async () => {
  await using server = await ToxiproxyServer.start();
  await using other = await ToxiproxyServer.start({ seed: 5 });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  expect(other.seed).toBe(5);
  expect(server.seed).toBeGreaterThanOrEqual(0);
  const proxy = await server.proxies.create({ name: 'p', upstream: '127.0.0.1:9' });
  expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
});

test('an address that is taken is an error that names it', async () => {
  await using server = await ToxiproxyServer.start();
  const port = Number(new URL(server.url).port);
  await expect(ToxiproxyServer.start({ port })).rejects.toThrow(
    `listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
});

test('disposed, it leaves no port and no connection', async () => {
  await using upstream = await Upstream.listen();
  const server = await ToxiproxyServer.start();
  const proxy = await server.proxies.create({ name: 'p', upstream: upstream.address });
  using client = await dial('127.0.0.1', proxy.port);
  const peer = await upstream.peer(1);
  await server[Symbol.asyncDispose]();
  expect(await client.hasSeenEnd()).toBe('end');
  expect(await peer.hasSeenEnd()).toBe('end');
  await expect(dial('127.0.0.1', proxy.port)).rejects.toThrow('ECONNREFUSED');
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
  await server[Symbol.asyncDispose]();
});

test('a disposed subscription hears nothing more', async () => {
  await using upstream = await Upstream.listen();
  await using server = await ToxiproxyServer.start();
  const proxy = await server.proxies.create({ name: 'p', upstream: upstream.address });
  const events: ToxiproxyEvent[] = [];
  {
    using _subscription = server.subscribe((event) => events.push(event));
    using _heard = await dial('127.0.0.1', proxy.port);
    await upstream.peer(1);
  }
  const heard = events.length;
  expect(heard).toBeGreaterThan(0);
  using _unheard = await dial('127.0.0.1', proxy.port);
  await upstream.peer(2);
  expect(events.filter(({ connection }) => connection === 2)).toEqual([]);
});

test('a request that breaks off harms no other', async () => {
  await using server = await ToxiproxyServer.start();
  const broken = request(`${server.url}/proxies`, {
    method: 'POST',
    headers: { 'content-length': 99 },
  });
  broken.on('error', () => undefined);
  broken.write('{"name":');
  await new Promise((resolve) =>
    broken.once('socket', (socket) => socket.once('connect', resolve)),
  );
  broken.destroy();
  expect((await fetch(`${server.url}/proxies`)).status).toBe(200);
});

test('a request that never ends does not hold up others', async () => {
  await using server = await ToxiproxyServer.start();
  const slow = request(`${server.url}/proxies`, {
    method: 'POST',
    headers: { 'content-length': 99 },
  });
  slow.on('error', () => undefined);
  slow.write('{"name":');
  await new Promise((resolve) => slow.once('socket', (socket) => socket.once('connect', resolve)));
  const answered = await fetch(`${server.url}/proxies`, { signal: AbortSignal.timeout(5_000) });
  expect(answered.status).toBe(200);
  slow.destroy();
});

test('a proxy without a proxy-metrics switch has no metrics endpoint', async () => {
  await using server = await ToxiproxyServer.start();
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  await using measured = await ToxiproxyServer.start({ runtimeMetrics: true });
  const text = await (await fetch(`${measured.url}/metrics`)).text();
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d*$/m);
});

test('the port of a stopped proxy can be taken by another at once', async () => {
  await using server = await ToxiproxyServer.start();
  const first = await server.proxies.create({ name: 'a', upstream: '127.0.0.1:9' });
  await server.proxies.remove('a');
  const taken = createServer().listen(first.port, '127.0.0.1');
  await new Promise((resolve, reject) => taken.once('listening', resolve).once('error', reject));
  await new Promise((resolve) => taken.close(resolve));
});

test('changes asked for at once are made one after the other', async () => {
  await using server = await ToxiproxyServer.start();
  const spec = { name: 'p', upstream: '127.0.0.1:9' };
  const created = server.proxies.create(spec);
  const duplicate = expect(server.proxies.create(spec)).rejects.toThrow('proxy already exists');
  const disabled = server.proxies.update('p', () => ({ enabled: false }));
  const enabled = server.proxies.update('p', () => ({ enabled: true }));
  await duplicate;
  expect(await disabled).toBe(await created);
  expect((await enabled).enabled).toBe(true);
});
