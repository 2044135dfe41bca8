import { Toxiproxy } from 'toxiproxy-node-client';
import { expect, test } from 'vitest';
import type { Proxying } from '../deployment/driver.ts';
import { freePort } from '../ports.ts';
import { ToxiproxyServer } from '../toxiproxy/server.ts';
import { dial, Upstream } from '../toxiproxy/testing/peer.ts';
import { ANYONE, Switchboard } from './switchboard.ts';

async function rig(stack: AsyncDisposableStack) {
  const server = stack.use(await ToxiproxyServer.start());
  const given: number[] = [];
  const proxying: Proxying = {
    toxiproxy: new Toxiproxy(server.url),
    reserveListener: async () => {
      const address = { host: '127.0.0.1', port: await freePort() };
      return {
        listen: `127.0.0.1:${address.port}`,
        inside: address,
        outside: address,
        [Symbol.dispose]: () => given.push(address.port),
      };
    },
  };
  return { server, given, switchboard: new Switchboard(proxying) };
}

test('an address is reserved, led to proxies, led elsewhere, and given back', async () => {
  await using stack = new AsyncDisposableStack();
  const { server, given, switchboard } = await rig(stack);
  const upstream = stack.use(await Upstream.listen());
  await server.proxies.create({ name: 'to-upstream', upstream: upstream.address });

  const { host, port } = await switchboard.reserve('master');
  expect(switchboard.addressOf('master')).toEqual({ host, port });
  await expect(dial(host, port)).rejects.toThrow('ECONNREFUSED');

  await switchboard.route('master', { [ANYONE]: 'to-upstream' });
  using peer = await dial(host, port);
  peer.send('hello');
  expect(String(await (await upstream.peer(1)).hasReceived(5))).toBe('hello');

  await switchboard.remove();
  expect(given).toEqual([port]);
  expect(switchboard.addressOf('master')).toBeUndefined();
  await expect(dial(host, port)).rejects.toThrow('ECONNREFUSED');
});

test('an address that never had routes is given back, too', async () => {
  await using stack = new AsyncDisposableStack();
  const { given, switchboard } = await rig(stack);
  const { port } = await switchboard.reserve('master');
  await switchboard.remove();
  expect(given).toEqual([port]);
});

test('routes for a server without an address, and such that the Toxiproxy refuses, are errors', async () => {
  await using stack = new AsyncDisposableStack();
  const { switchboard } = await rig(stack);
  await expect(switchboard.route('nobody', {})).rejects.toThrow(
    'no address is reserved for nobody',
  );
  await switchboard.reserve('master');
  await expect(switchboard.route('master', { [ANYONE]: '' })).rejects.toThrow(
    /^environment: POST .*\/extensions\/switches .*routes\.\* must name a proxy/,
  );
});

test('who comes from an address that is no server’s is told', async () => {
  await using stack = new AsyncDisposableStack();
  const { server, switchboard } = await rig(stack);
  const upstream = stack.use(await Upstream.listen());
  await server.proxies.create({ name: 'own', upstream: upstream.address });
  const { host, port } = await switchboard.reserve('master');
  await switchboard.route('master', { '127.0.0.11': 'own', [ANYONE]: 'own' });

  using _known = await dial(host, port, '127.0.0.11');
  await upstream.peer(1);
  await switchboard.mustTellApart();
  using _unknown = await dial(host, port, '127.0.0.12');
  await upstream.peer(2);
  await expect(switchboard.mustTellApart()).rejects.toThrow(
    'environment: servers connect to master from 127.0.0.12, expected each to come from its own',
  );
});
