import { expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { ToxiproxyServer } from './server.ts';
import { dial, type Peer, Upstream } from './testing/peer.ts';

/** All of 127.0.0.0/8 is this machine on Linux; elsewhere it takes an alias. */
const [ONE, OTHER, THIRD] = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];

async function rig(stack: AsyncDisposableStack, routes: Record<string, string>) {
  const server = stack.use(await ToxiproxyServer.start());
  const upstreams = new Map<string, Upstream>();
  for (const name of ['a', 'b']) {
    const upstream = stack.use(await Upstream.listen());
    upstreams.set(name, upstream);
    await server.proxies.create({ name, upstream: upstream.address });
  }
  const port = await freePort();
  const put = (to: object) =>
    server.switches.put({ name: 's', listen: `127.0.0.1:${port}`, routes: to });
  await put(routes);
  return {
    server,
    put,
    upstream: (name: string) => upstreams.get(name) as Upstream,
    dial: (from: string) => dial('127.0.0.1', port, from),
  };
}

/** A reset can come before the client knows that it was connected. */
async function endOf(dialled: Promise<Peer>): Promise<string> {
  try {
    using peer = await dialled;
    return await peer.hasSeenEnd();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ECONNRESET') return 'reset';
    throw thrown;
  }
}

test('who connects comes out at the proxy for the address they come from', async () => {
  await using stack = new AsyncDisposableStack();
  const { dial, upstream } = await rig(stack, { [ONE]: 'a', '*': 'b' });
  using one = await dial(ONE);
  using other = await dial(OTHER);
  one.send('one');
  other.send('other');
  expect(String(await (await upstream('a').peer(1)).hasReceived(3))).toBe('one');
  expect(String(await (await upstream('b').peer(1)).hasReceived(5))).toBe('other');
});

test('a disabled proxy ends the connections through it and resets new ones, of nobody else', async () => {
  await using stack = new AsyncDisposableStack();
  const { server, dial, upstream } = await rig(stack, { [ONE]: 'a', [OTHER]: 'b' });
  using cut = await dial(ONE);
  using spared = await dial(OTHER);
  await upstream('a').peer(1);
  const peer = await upstream('b').peer(1);
  await server.proxies.update('a', () => ({ enabled: false }));
  expect(await cut.hasSeenEnd()).toBe('end');
  expect(await endOf(dial(ONE))).toBe('reset');
  spared.send('still');
  expect(String(await peer.hasReceived(5))).toBe('still');
});

test('who has no route is reset, and so is one whose proxy is gone', async () => {
  await using stack = new AsyncDisposableStack();
  const { server, dial } = await rig(stack, { [ONE]: 'a' });
  expect(await endOf(dial(THIRD))).toBe('reset');
  await server.proxies.remove('a');
  expect(await endOf(dial(ONE))).toBe('reset');
});

test('other routes are for new connections', async () => {
  await using stack = new AsyncDisposableStack();
  const { put, dial, upstream } = await rig(stack, { [ONE]: 'a' });
  using before = await dial(ONE);
  const peer = await upstream('a').peer(1);
  await put({ [ONE]: 'b' });
  using _after = await dial(ONE);
  await upstream('b').peer(1);
  before.send('here');
  expect(String(await peer.hasReceived(4))).toBe('here');
  expect(upstream('a').peers).toHaveLength(1);
});

test('over HTTP: put, shown, removed', async () => {
  await using server = await ToxiproxyServer.start();
  const url = `${server.url}/extensions/switches`;
  const port = await freePort();
  const shown = { name: 's', listen: `127.0.0.1:${port}`, routes: { [ONE]: 'a', '*': 'b' } };
  const put = await fetch(url, { method: 'POST', body: JSON.stringify(shown) });
  expect([put.status, await put.json()]).toEqual([200, { ...shown, strangers: [] }]);
  expect(await endOf(dial('127.0.0.1', port, THIRD))).toBe('reset');
  expect(await (await fetch(url)).json()).toEqual({ s: { ...shown, strangers: [THIRD] } });
  expect((await fetch(`${url}/s`, { method: 'DELETE' })).status).toBe(204);
  expect(await (await fetch(url)).json()).toEqual({});
  expect((await fetch(`${url}/s`, { method: 'DELETE' })).status).toBe(404);
  await expect(dial('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED');
});

test.for([
  [{ listen: '127.0.0.1:0' }, 'missing required field: name'],
  [{ name: 's' }, 'missing required field: listen'],
  [{ name: 's', listen: '127.0.0.1:0', routes: { '*': 1 } }, 'routes.* must be a string, got 1'],
  [{ name: 's', listen: '127.0.0.1:0', routes: { '*': '' } }, 'routes.* must name a proxy'],
  [{ name: 's', listen: '127.0.0.1' }, 'missing port in address'],
])('%j is refused: %s', async ([body, message]) => {
  await using server = await ToxiproxyServer.start();
  await expect(server.switches.put(body)).rejects.toThrow(message as string);
});
