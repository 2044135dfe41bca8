import { expect, test } from 'vitest';
import { once } from './once.ts';
import { recordOf } from './testing/records.ts';

test('it is worked out once of each record, also where there is nothing', () => {
  const asked: unknown[] = [];
  const workOut = once((record) => void asked.push(record));
  const [one, other] = [recordOf({}), recordOf({})];
  for (const record of [one, other, one, other]) expect(workOut(record)).toBeUndefined();
  expect(asked).toEqual([one, other]);
  expect(asked[1]).toBe(other);
});
