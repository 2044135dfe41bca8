import { expect, test } from 'vitest';
import { writeBytes } from './write-bytes.ts';

const collect = async (options: Parameters<typeof writeBytes>[1]) => {
  const values: Buffer[] = [];
  const written = await writeBytes(
    async (_set, _key, value) => values.push(value as Buffer),
    options,
  );
  return { written, values };
};

test.each([
  [10_000, 3_000, [3_000, 3_000, 3_000, 1_000]],
  [2_000, 1_000, [1_000, 1_000]],
  [5, 1_000, [5]],
  [0, 1_000, []],
])('%i bytes in values of %i', async (bytes, valueBytes, lengths) => {
  const { written, values } = await collect({ seed: 1, bytes, valueBytes });
  expect(values.map(({ length }) => length)).toEqual(lengths);
  expect(written).toEqual({ seed: 1, bytes, commands: lengths.length });
});

test('values differ from each other and repeat with the seed', async () => {
  const { values } = await collect({ seed: 1, bytes: 200, valueBytes: 100 });
  expect(values[0]).not.toEqual(values[1]);
  expect((await collect({ seed: 1, bytes: 200, valueBytes: 100 })).values).toEqual(values);
});

test('impossible sizes are refused, errors of the server are thrown', async () => {
  await expect(collect({ seed: 1, bytes: 10, valueBytes: 0 })).rejects.toThrow(
    'misuse: cannot write 10 bytes in values of 0 bytes',
  );
  const refusing = () => Promise.reject(new Error('OOM'));
  await expect(writeBytes(refusing, { seed: 1, bytes: 10 })).rejects.toThrow('OOM');
});
