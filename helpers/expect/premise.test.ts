import { expect, test } from 'vitest';
import { ChaosError } from '../errors.ts';
import { verdictOf } from '../report/verdicts.ts';
import { premise } from './premise.ts';

const thrownBy = (check: () => unknown): Promise<Error> =>
  premise('looked too late', check).then(
    () => new Error('nothing was thrown'),
    (thrown: Error) => thrown,
  );

test('a premise that holds is nothing to be told of', async () => {
  await premise('looked too late', () => expect(1).toBe(1));
  await premise('looked too late', async () => expect(await Promise.resolve(1)).toBe(1));
});

test('a failed expectation is inconclusive, and says what was expected', async () => {
  const missed = await thrownBy(() => expect({ loading: false }).toMatchObject({ loading: true }));
  expect(missed).toBeInstanceOf(ChaosError);
  expect(missed.message).toMatch(/^inconclusive: looked too late: expected .* to match object/);
  expect(verdictOf(missed.name, missed.message)).toBe('inconclusive');
  const later = await thrownBy(() => expect(Promise.resolve(1)).resolves.toBe(2));
  expect(later.message).toBe(
    'inconclusive: looked too late: expected 1 to be 2 // Object.is equality',
  );
});

test.for([
  new ChaosError('correctness', 'other data'),
  new ChaosError('environment', 'no port'),
  Object.assign(new Error('liveness: waited 1 ms'), { name: 'AssertionError' }),
  new Error('connect ECONNREFUSED'),
])('what is no bare expectation stays as it is: %s', async (thrown) => {
  const seen = await thrownBy(() => {
    throw thrown;
  });
  expect(seen).toBe(thrown);
});
