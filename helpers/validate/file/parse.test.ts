import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { parseConfig } from './parse.ts';
import { readConfig } from './read.ts';
import { shownValue, withoutSecrets } from './secrets.ts';

// biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
const test = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-validate-'));
  onCleanup(() => rm(folder, { recursive: true }));
  return folder;
});

const brief = (text: string) =>
  parseConfig(text, 'a.conf').map(({ name, args, lineNumber }) => [lineNumber, name, ...args]);

test.for([
  ['port 7000', [[1, 'port', '7000']]],
  ['# a comment\n\n  PORT\t7000 \r\n', [[3, 'port', '7000']]],
  ['requirepass "a b\\x41\\n"', [[1, 'requirepass', 'a bA\n']]],
  ["masterauth 'it\\'s # no comment'", [[1, 'masterauth', "it's # no comment"]]],
  ['save ""', [[1, 'save', '']]],
  [
    'save 900 1\nsave 300 10',
    [
      [1, 'save', '900', '1'],
      [2, 'save', '300', '10'],
    ],
  ],
  [
    'timeout 1 # this is a second value',
    [[1, 'timeout', '1', '#', 'this', 'is', 'a', 'second', 'value']],
  ],
  ['\uFEFFport 1', [[1, 'port', '1']]],
] as const)('reads %j', ([text, expected]) => {
  expect(brief(text)).toEqual(expected);
});

test('what follows the name stays as written', () => {
  expect(parseConfig('requirepass  "a b"  ', 'a.conf')[0]).toMatchObject({
    written: '"a b"',
    line: 'requirepass  "a b"',
  });
});

test.for([
  ['port 1\nrequirepass "abc', 'a.conf:2: quotes are not closed'],
  ['requirepass "a"b', 'a.conf:1: quotes are not closed, or something follows'],
  ['port \0', 'a.conf:1: there is a zero byte'],
] as const)('refuses %j by file and line', ([text, message]) => {
  expect(() => parseConfig(text, 'a.conf')).toThrow(message);
});

test('includes take effect where they stand, patterns in the order of names', async ({
  folder,
}) => {
  await mkdir(join(folder, 'more'));
  await writeFile(join(folder, 'more/2.conf'), 'hz 2\n');
  await writeFile(join(folder, 'more/1.conf'), '# one\nhz 1\ninclude more/nothing-*.conf\n');
  await writeFile(join(folder, 'a.conf'), 'hz 0\ninclude more/*.conf\nhz 3\n');
  const read = readConfig(join(folder, 'a.conf'));
  expect(
    read.map(({ args, file, lineNumber }) => [args[0], file.slice(folder.length), lineNumber]),
  ).toEqual([
    ['0', '/a.conf', 1],
    ['1', '/more/1.conf', 2],
    ['2', '/more/2.conf', 1],
    ['3', '/a.conf', 3],
  ]);
});

test.for([
  ['include no.conf', /a\.conf:1: include no\.conf: there is no file .*no\.conf$/],
  ['include', /a\.conf:1: include names no file/],
  ['\ninclude a.conf', /a\.conf:2: .*a\.conf includes itself/],
  ['include .', /a\.conf:1: include \.: .* is a folder/],
] as const)('refuses %j', async ([text, message], { folder }) => {
  await writeFile(join(folder, 'a.conf'), text);
  expect(() => readConfig(join(folder, 'a.conf'))).toThrow(message);
});

test('says which file is not there', ({ folder }) => {
  expect(() => readConfig(join(folder, 'b.conf'))).toThrow(
    `misuse: the configuration cannot be read: there is no file ${folder}/b.conf`,
  );
});

test('secrets are not shown, whatever quotes them', () => {
  const text = [
    'requirepass "top secret"',
    'user app on >word ~* +@all #0123',
    'rename-command CONFIG hidden',
    'rename-command FLUSHALL ""',
    'masterauth ""',
    'maxmemory 1gb',
  ].join('\n');
  const directives = parseConfig(text, 'a.conf');
  expect(directives.map(shownValue)).toEqual([
    '******',
    'app on >****** ~* +@all #******',
    'CONFIG ******',
    'FLUSHALL ""',
    '""',
    '1gb',
  ]);
  const shown = withoutSecrets(`>>> '${text}'`, directives);
  expect(shown).not.toMatch(/secret|word|0123|hidden/);
  expect(shown).toContain('maxmemory 1gb');
});
