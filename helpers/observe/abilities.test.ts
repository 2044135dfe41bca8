import { expect, test } from 'vitest';
import { readAbilities, replicatesEntriesRead } from './abilities.ts';
import { scriptedCall } from './scripted-call.ts';

test.each([
  ['redis_version:6.0.16', false],
  ['redis_version:7.0.15', false],
  ['redis_version:7.2.6', false],
  ['redis_version:7.4.1', true],
  ['redis_version:8.0.2', true],
  ['redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:7.2.7', false],
  ['redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1', true],
])('entries-read of %j is replicated: %s', (info, replicated) => {
  expect(replicatesEntriesRead(`# Server\r\n${info}\r\n`)).toBe(replicated);
});

test('abilities follow from the commands that a server knows', async () => {
  const old = scriptedCall({ INFO: () => Buffer.from('redis_version:6.0.16') });
  expect(await readAbilities(old.call)).toMatchObject({ exactExpiry: false, fieldExpiry: false });
  const recent = scriptedCall({
    INFO: () => Buffer.from('redis_version:8.0.2'),
    PEXPIRETIME: () => -2,
    HPEXPIRETIME: () => [-2],
  });
  expect(await readAbilities(recent.call)).toMatchObject({ exactExpiry: true, fieldExpiry: true });
});

test('any other error is not taken for an ability that is missing', async () => {
  const refusing = scriptedCall({
    INFO: () => Buffer.from('redis_version:8.0.2'),
    PEXPIRETIME: () => Promise.reject(new Error('NOPERM no permissions')),
  });
  await expect(readAbilities(refusing.call)).rejects.toThrow('NOPERM');
});
