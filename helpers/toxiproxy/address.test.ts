import { expect, test } from 'vitest';
import {
  bindError,
  formatAddress,
  listenOptions,
  parseAddress,
  resolveAddress,
} from './address.ts';

test.for([
  ['127.0.0.1:80', '127.0.0.1', 80, '127.0.0.1:80'],
  ['localhost:0', 'localhost', 0, 'localhost:0'],
  [':5', '', 5, '[::]:5'],
  ['[::1]:5', '::1', 5, '[::1]:5'],
] as const)('%s', ([text, host, port, shown]) => {
  expect(parseAddress(text)).toEqual({ host, port });
  expect(formatAddress(host, port)).toBe(shown);
});

test.for([
  ['nowhere', 'address nowhere: missing port in address'],
  ['::1:5', 'address ::1:5: too many colons in address'],
  ['h:65536', 'address 65536: invalid port'],
  ['h:-1', 'lookup tcp/-1: unknown port'],
  ['h:', 'lookup tcp/: unknown port'],
] as const)('%s is refused: %s', ([text, message]) => {
  expect(() => parseAddress(text)).toThrow(message);
});

test.for([
  ['', { port: 5 }],
  ['0.0.0.0', { port: 5 }],
  ['127.0.0.1', { host: '127.0.0.1', port: 5 }],
] as const)('listening on %j', ([host, options]) => {
  expect(listenOptions({ host, port: 5 })).toEqual(options);
});

test('a name is looked up, IPv4 first; an unknown one is named', async () => {
  expect(await resolveAddress('localhost:7')).toEqual({ host: '127.0.0.1', port: 7 });
  await expect(resolveAddress('nohost.invalid:7')).rejects.toThrow(
    'lookup nohost.invalid: no such host',
  );
});

test.for([
  ['EADDRINUSE', '127.0.0.1', 'listen tcp 127.0.0.1:5: bind: address already in use'],
  ['EACCES', '', 'listen tcp :5: bind: permission denied'],
  ['EWHATEVER', '::1', 'listen tcp [::1]:5: bind: odd'],
] as const)('%s on %s', ([code, host, message]) => {
  const cause = Object.assign(new Error('odd'), { code });
  expect(bindError({ host, port: 5 }, cause).message).toBe(message);
});
