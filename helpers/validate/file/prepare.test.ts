import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import type { Target } from '../../deployment/target.ts';
import { parseConfig } from './parse.ts';
import { byName, prepare, readConfigForTest, textFor } from './prepare.ts';

const program = { name: 's', product: 'redis', version: '7.0.15', command: ['s'] } as const;
const TARGET: Target = {
  name: 'redis:7.0@processes',
  driver: 'processes',
  product: 'redis',
  version: '7.0.15',
  isReference: false,
  servers: [program],
  toxiproxy: 'embedded',
  sentinel: program,
};
const IDENTITY = { key: 'k', certificate: 'c', authority: 'a' };
const PASSWORD = 'pw';

// biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
const test = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-validate-'));
  onCleanup(() => rm(folder, { recursive: true }));
  return folder;
});

const prepared = (text: string, { target = TARGET, path = '/srv/a.conf' } = {}) =>
  prepare(path, parseConfig(text, path), {
    target,
    identity: async () => IDENTITY,
    password: PASSWORD,
  });

const OVERRIDDEN = [
  ['port 6379', 'an address of the test'],
  ['bind 10.0.0.1 -::1', 'an address of the test'],
  ['protected-mode yes', 'no'],
  ['unixsocket /run/redis.sock', 'not set'],
  ['daemonize yes', 'not set'],
  ['supervised systemd', 'not set'],
  ['pidfile /run/redis.pid', 'not set'],
  ['logfile /var/log/redis.log', 'standard output'],
  ['loglevel warning', 'notice'],
  ['dir /var/lib/redis', 'a folder of the test'],
  ['replicaof 10.0.0.1 6379', 'masters and replicas of the test'],
  ['slaveof 10.0.0.1 6379', 'masters and replicas of the test'],
  ['replica-announce-ip 10.0.0.9', 'not set'],
  ['rename-command CONFIG ""', 'the usual name'],
  ['server_cpulist 0-7:2', 'not set'],
  ['tls-cert-file /etc/tls.crt', 'certificates of the test'],
  ['loadmodule /usr/lib/no-such-module.so', 'not set'],
] as const;

test.for(OVERRIDDEN)('%s becomes %s, and is told with a reason', async ([line, to]) => {
  const { kept, overridden } = await prepared(`maxmemory 1gb\n${line}\n`);
  expect(kept.map((directive) => directive.line)).toEqual(['maxmemory 1gb']);
  const [name, ...rest] = line.split(' ');
  expect(overridden).toEqual([
    { directive: name, from: rest.join(' '), to, reason: expect.stringMatching(/.{20}/) },
  ]);
});

test.for([
  'maxmemory 1gb',
  'loglevel verbose',
  'protected-mode no',
  'masterauth "a b"',
  'requirepass "a b"',
  'client-output-buffer-limit replica 1mb 1mb 0',
  'save 900 1',
  'tls-replication yes',
  'repl-diskless-sync yes',
  'replica-priority 10',
])('%s stays as written', async (line) => {
  const { kept, overridden } = await prepared(line);
  expect(textFor(kept)).toBe(`${line}\n`);
  expect(overridden).toEqual([]);
});

test('a password is the login of the test', async () => {
  expect((await prepared('requirepass "a b"')).node).toEqual({ login: { password: 'a b' } });
  expect((await prepared('requirepass ""')).node).toEqual({});
});

test('beside users of the configuration there is one of the test', async () => {
  const { node, own, kept } = await prepared('user default on >x ~* -@all\n');
  expect(node.login).toEqual({ username: 'redis-chaos', password: PASSWORD });
  expect(own['user']).toBe('redis-chaos on >pw ~* &* +@all');
  expect(kept).toHaveLength(1);
  const older = await prepared('user default off', { target: { ...TARGET, version: '6.0.16' } });
  expect(older.own['user']).toBe('redis-chaos on >pw ~* +@all');
});

test('an ACL file is copied, with the user of the test', async ({ folder }) => {
  await writeFile(join(folder, 'some.acl'), 'user default on nopass ~* +@read\n');
  const { node, own, overridden, kept } = await prepared('aclfile some.acl', {
    path: join(folder, 'a.conf'),
  });
  expect(node.files).toEqual({
    'users.acl': 'user default on nopass ~* +@read\nuser redis-chaos on >pw ~* &* +@all\n',
  });
  expect(own['aclfile']).toBe('users.acl');
  expect(own['user']).toBeUndefined();
  expect(overridden.map(({ directive }) => directive)).toEqual(['aclfile', 'user']);
  expect(kept).toEqual([]);
});

test('an ACL file that is not there is named with its line', async () => {
  await expect(prepared('\naclfile /etc/none.acl')).rejects.toThrow(
    '/srv/a.conf:2: aclfile cannot be read: there is no file /etc/none.acl',
  );
});

test.for([
  ['port 0\ntls-port 6379', IDENTITY],
  ['tls-port 6379\ntls-replication yes', IDENTITY],
  ['tls-port 6379', undefined],
  ['port 6379', undefined],
] as const)('%j: TLS in the test is %j', async ([text, tls]) => {
  expect((await prepared(text)).node.tls).toBe(tls);
});

test('a cluster is refused by file and line', async ({ folder }) => {
  const path = join(folder, 'a.conf');
  await writeFile(path, 'hz 10\ncluster-enabled yes');
  expect(() => readConfigForTest(path)).toThrow(
    `misuse: ${path}:2: cluster-enabled yes; validation is about one master`,
  );
  await writeFile(path, 'cluster-enabled yes\ncluster-enabled no');
  expect(readConfigForTest(path)).toHaveLength(2);
  expect((await prepared('cluster-enabled no')).kept).toEqual([]);
});

test('what the reference leaves out is told', async () => {
  const reference = { ...TARGET, isReference: true };
  const { kept, overridden } = await prepared('appendonly yes', { target: reference });
  expect(kept).toEqual([]);
  expect(overridden[0]?.reason).toBe('the reference implementation has none');
});

test('save points go where others are laid over them, limits per class stay', async () => {
  const text = 'save 900 1\nclient-output-buffer-limit pubsub 1mb 1mb 0\nsave 300 10\n';
  const { kept } = await prepared(text);
  expect(textFor(kept, { save: '' })).toBe('client-output-buffer-limit pubsub 1mb 1mb 0\n');
  expect(textFor(kept)).toBe(text);
  expect(byName(kept).get('save')).toEqual(['900 1', '300 10']);
});
