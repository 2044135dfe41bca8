import { expect, test } from 'vitest';
import { refusalsIn } from './refusals.ts';

test('the line that a server ends for, with its words', () => {
  expect(
    refusalsIn([
      '*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***',
      'Reading the configuration file, at line 2',
      ">>> 'foo bar'",
      'Bad directive or wrong number of arguments',
    ]),
  ).toEqual([
    { lineNumber: 2, line: 'foo bar', words: 'Bad directive or wrong number of arguments' },
  ]);
});

test('names that Redis 8 does not know are told together', () => {
  expect(
    refusalsIn([
      'Running mode=standalone, port=0.',
      'Unresolved Configuration(s) Detected:',
      ">>> 'foo bar'",
      ">>> 'baz 1'",
      'Module Configuration detected without loadmodule directive or no ApplyConfig call: aborting',
    ]).map(({ line }) => line),
  ).toEqual(['foo bar', 'baz 1']);
});

test('a refusal of the whole', () => {
  expect(
    refusalsIn(['*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***', 'some reason', 'and more']),
  ).toEqual([{ words: 'some reason and more' }]);
});

test('no refusal', () => {
  expect(refusalsIn(['Configuration loaded', 'Ready to accept connections'])).toEqual([]);
});
