import { expect, test } from 'vitest';
import { parseConfig } from '../file/parse.ts';
import { changedValues, ignoredDirectives, setTwice } from './effective.ts';
import { renamedIn, whyUnknown } from './names.ts';

const TOLD = new Map([
  ['hz', '500'],
  ['repl-backlog-size', '1048576'],
  ['maxmemory', '1073741824'],
  ['maxmemory-policy', 'allkeys-lru'],
  ['save', '900 1 300 10'],
  ['replica-read-only', 'yes'],
  ['slave-read-only', 'yes'],
  ['requirepass', 'secret'],
  ['client-output-buffer-limit', 'normal 0 0 0 slave 268435456 67108864 60 pubsub 1 1 1'],
  ['proc-title-template', '{title} x'],
]);
const kept = (text: string) => parseConfig(text, 'a.conf');
const lines = (directives: readonly { readonly line: string }[]) =>
  directives.map(({ line }) => line);

test.for([
  'hz 500',
  'repl-backlog-size 1mb',
  'REPL-BACKLOG-SIZE 1MB',
  'maxmemory 1gb',
  'maxmemory-policy ALLKEYS-LRU',
  'save 900 1\nsave 300 10',
  'save 900 1 300 10',
  'save 60 1\nsave ""\nsave 900 1 300 10',
  'slave-read-only yes',
  'requirepass other',
  'client-output-buffer-limit replica 256mb 64mb 60',
  'client-output-buffer-limit normal 0 0 0 slave 256mb 64mb 60',
  'proc-title-template "{title} x"',
  'hz 10\nhz 500',
])('%j holds as written', (text) => {
  expect(changedValues(kept(text), TOLD)).toEqual([]);
});

test.for([
  ['hz 1000', 'hz 1000'],
  ['hz 500\nhz 10', 'hz 10'],
  ['save 60 1', 'save 60 1'],
  ['slave-read-only no', 'slave-read-only no'],
  [
    'client-output-buffer-limit replica 128mb 64mb 60',
    'client-output-buffer-limit replica 128mb 64mb 60',
  ],
] as const)('%j does not', ([text, changed]) => {
  expect(lines(changedValues(kept(text), TOLD).map(({ directive }) => directive))).toEqual([
    changed,
  ]);
});

test('what is taken and not had is ignored', () => {
  const text = 'hz 500\nio-threads-do-reads yes\nuser a on\nrename-command A B\nmy-module.x 1';
  expect(lines(ignoredDirectives(kept(text), TOLD))).toEqual(['io-threads-do-reads yes']);
});

test('a directive is set twice, also by its old name; lists add up', () => {
  const text = `
hz 10
hz 20
slave-read-only no
replica-read-only yes
save 1 1
save 2 2
client-output-buffer-limit normal 0 0 0
client-output-buffer-limit replica 1mb 1mb 0
client-output-buffer-limit slave 2mb 1mb 0
`;
  expect(setTwice(kept(text)).map(lines)).toEqual([
    ['hz 10', 'hz 20'],
    ['slave-read-only no', 'replica-read-only yes'],
    ['client-output-buffer-limit replica 1mb 1mb 0', 'client-output-buffer-limit slave 2mb 1mb 0'],
  ]);
});

const redis6 = { product: 'redis', version: '6.0.16' } as const;
const redis8 = { product: 'redis', version: '8.0.2' } as const;

test.for([
  ['shutdown-timeout', redis6, 'it came with Redis 7.0; this is 6.0.16'],
  ['dual-channel-replication-enabled', redis8, 'it is one of Valkey (8.0 and later), not of Redis'],
  ['repl-backlog-sise', redis8, 'did you mean repl-backlog-size?'],
  ['qwertyuiop', redis8, 'it has none of that name, nor of one much like it'],
] as const)('%s is not known to %j: %s', ([name, target, reason]) => {
  expect(whyUnknown(name, target, [...TOLD.keys()])).toBe(reason);
});

test('an old name is told where there is a new one', () => {
  expect(renamedIn('lua-time-limit', redis8)?.now).toBe('busy-reply-threshold');
  expect(renamedIn('lua-time-limit', redis6)).toBeUndefined();
  expect(renamedIn('hz', redis8)).toBeUndefined();
});
