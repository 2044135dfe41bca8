import { expect } from 'vitest';
import { attack, crowd } from '../../fixtures/reference/testing/robustness/attack.ts';
import {
  tryHandshakes,
  tryStreams,
  tryTransfers,
} from '../../fixtures/reference/testing/robustness/replica.ts';
import { REFERENCE, Subject } from '../../fixtures/reference/testing/subject.ts';
import { seeded } from '../../helpers/random.ts';
import { test } from './session.ts';

test('hostile requests neither end nor swell a server', async ({ session, seed }) => {
  await using subject = await Subject.start(session, 'the reference', REFERENCE);
  await attack(subject, 400, seeded(seed).fork('requests'));
  expect(subject.exit).toBeUndefined();
});

test('thousands of connections are accepted, and forgotten when they are gone', async ({
  session,
}) => {
  await using subject = await Subject.start(session, 'the reference', REFERENCE);
  await crowd(subject, 3_000);
  expect(subject.exit).toBeUndefined();
});

test.for(['disabled', 'swapdb'] as const)(
  'a replica refuses a damaged RDB, says at which byte, and keeps its data: repl-diskless-load %s',
  async (load, { session, seed }) => {
    const { refused } = await tryTransfers(session, load, 25, seeded(seed).fork(load));
    expect(refused).toBeGreaterThan(0);
  },
);

test('a damaged handshake leaves a replica as it was', async ({ session, seed }) => {
  await tryHandshakes(session, 40, seeded(seed).fork('handshakes'));
});

test('a damaged replication stream neither ends nor swells a replica', async ({
  session,
  seed,
}) => {
  await tryStreams(session, 25, seeded(seed).fork('streams'));
});
