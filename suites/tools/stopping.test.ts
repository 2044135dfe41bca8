/**
 * Ctrl-C in a terminal goes to all that runs in its foreground. It stops a campaign, which ends what it has started and
 * tells what it has seen; servers that the signal ended would look as if they had crashed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXIT_CODES } from '../../helpers/cli/exit-codes.ts';
import { expect, test } from '../../helpers/suite.ts';

const MAIN = join(import.meta.dirname, '../../helpers/cli/main.ts');

test('Ctrl-C ends a campaign without a finding: it is inconclusive, and says why', async ({
  driver,
}) => {
  const out = await mkdtemp(join(tmpdir(), 'redis-chaos-'));
  await using _gone = { [Symbol.asyncDispose]: () => rm(out, { recursive: true }) };
  const args = ['chaos', '--target', driver.target.name, '--seconds', '20', '--out', out];
  const campaign = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = text(campaign.stderr);
  let told = '';
  const underWay = Promise.withResolvers<void>();
  campaign.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    told += chunk;
    if (/^chaos \d/m.test(told)) underWay.resolve();
  });
  const exited = once(campaign, 'close').then(([code]) => code);
  const ended = exited.then(async (code) =>
    expect.fail(`it ended (${code}) before it ran: ${told}${await said}`),
  );

  await Promise.race([underWay.promise, ended]);
  process.kill(-(campaign.pid as number), 'SIGINT');

  expect(await exited, told).toBe(EXIT_CODES.inconclusive);
  expect(told).toMatch(/Inconclusive: the run was stopped from outside after \d+ ms/);
  expect(told).not.toMatch(/correctness/);
});
