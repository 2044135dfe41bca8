import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { REFERENCE, Subject } from '../../fixtures/reference/testing/subject.ts';
import { RawClient } from '../../helpers/observe/raw-client.ts';
import { Ports } from '../../helpers/ports.ts';
import { test as withSession } from './session.ts';

/** An address of this machine that is not loopback. */
const test = withSession.extend('outside', async ({ skip }): Promise<string> => {
  const addresses = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
  const found = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found !== undefined) return found.address;
  console.warn('protected mode is not tested: this machine has no address but loopback');
  return skip('no address but loopback');
});

test('without a password only clients of the same machine are served', async ({
  session,
  outside,
}) => {
  await using ports = await Ports.reserve();
  const port = await ports.next();
  await using subject = await Subject.start(session, 'server', REFERENCE, { port: String(port) });

  const refused = connect(port, outside);
  expect(await text(refused)).toMatch(/^-DENIED Redis is running in protected mode/);

  expect(await subject.ask('CONFIG', 'SET', 'protected-mode', 'no')).toBe('+OK\r\n');
  const socket = connect(port, outside);
  const client = new RawClient(socket, 'server');
  expect(await client.ask('PING')).toBe('+PONG\r\n');
  client.close();
});
