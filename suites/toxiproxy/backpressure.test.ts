import { expect, test } from 'vitest';
import { startEmbedded } from '../../helpers/toxiproxy/testing/program.ts';
import { sendToSlowReader } from '../../helpers/toxiproxy/testing/slow-reader.ts';

const MB = 1_000_000;

test('a reader of 1 MB/s does not make memory grow, and gets every byte once it reads faster', async () => {
  await using program = await startEmbedded();
  const outcome = await sendToSlowReader(program, {
    totalBytes: 256 * MB,
    bytesPerSecond: MB,
    slowMs: 5_000,
  });
  expect(outcome).toMatchObject({ receivedBytes: 256 * MB, sameBytes: true });
  expect(outcome.residentGrowthBytes).toBeLessThan(64 * MB);
  // The sender was held back: what it got rid of is a few socket buffers, not its 256 MB.
  expect(outcome.aheadBytes).toBeLessThan(32 * MB);
}, 240_000);
