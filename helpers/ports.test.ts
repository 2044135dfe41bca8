import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Ports } from './ports.ts';

test('two sessions have no port in common', async () => {
  await using mine = await Ports.reserve();
  await using theirs = await Ports.reserve();
  const ports = async (of: Ports) => [await of.next(), await of.next(), await of.next()];
  const [a, b] = [await ports(mine), await ports(theirs)];
  expect(new Set([...a, ...b]).size).toBe(6);
});

test('a port that another program has taken is passed over', async () => {
  await using ports = await Ports.reserve();
  const first = await ports.next();
  const other = createServer().listen(first + 1, '127.0.0.1');
  await once(other, 'listening');
  try {
    expect(await ports.next()).toBe(first + 2);
  } finally {
    other.close();
  }
});

test('when all ports of the block are taken the message names them', async () => {
  await using ports = await Ports.reserve();
  const first = await ports.next();
  const others = Array.from({ length: 99 }, (_, index) =>
    createServer().listen(first + index, '127.0.0.1'),
  );
  await Promise.all(others.map((other) => once(other, 'listening')));
  try {
    await expect(ports.next()).rejects.toThrow(
      `environment: no free port on 127.0.0.1 from ${first} to ${first + 98}`,
    );
  } finally {
    for (const other of others) other.close();
  }
});

test('a stranger that connects to the reservation does not keep it from being given back', async () => {
  const ports = await Ports.reserve();
  const reservation = (await ports.next()) - 1;
  const stranger = connect(reservation, '127.0.0.1');
  await once(stranger, 'connect');
  await ports[Symbol.asyncDispose]();
  const again = createServer().listen(reservation, '127.0.0.1');
  await once(again, 'listening');
  again.close();
  stranger.destroy();
});
