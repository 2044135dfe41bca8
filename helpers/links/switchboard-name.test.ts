import { expect, test } from 'vitest';
import type { Proxying } from '../deployment/driver.ts';
import { Switchboard } from './switchboard.ts';

const proxying = {
  reserveListener: async () => ({ inside: { host: '127.0.0.1', port: 7 } }),
} as unknown as Proxying;

test('with a host name, that is told, and known beside the address', async () => {
  const named = new Switchboard(proxying, 'localhost');
  expect(await named.reserve('master')).toEqual({ host: 'localhost', port: 7 });
  expect(named.addressOf('master')).toEqual({ host: 'localhost', port: 7 });
  expect(named.isAt('master', { host: 'localhost', port: 7 })).toBe(true);
  expect(named.isAt('master', { host: '127.0.0.1', port: 7 })).toBe(true);
});

test('without one, there is the address alone', async () => {
  const nameless = new Switchboard(proxying);
  expect(await nameless.reserve('master')).toEqual({ host: '127.0.0.1', port: 7 });
  expect(nameless.isAt('master', { host: '127.0.0.1', port: 7 })).toBe(true);
  expect(nameless.isAt('master', { host: 'localhost', port: 7 })).toBe(false);
  expect(nameless.isAt('master', { host: '127.0.0.1', port: 8 })).toBe(false);
  expect(nameless.isAt('nobody', { host: '127.0.0.1', port: 7 })).toBe(false);
});
