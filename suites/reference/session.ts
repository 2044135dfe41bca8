import { test as base } from 'vitest';
import { Session } from '../../helpers/deployment/session/session.ts';

/** Repeat a run with the seed that it printed: `REFERENCE_SEED=42 npx vitest run --project conformance`. */
const SEED = 'REFERENCE_SEED';

/** A test with files that go when it ends, and a seed: a new one each day, so that runs keep looking further. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('session', async ({}, { onCleanup }): Promise<Session> => {
    const session = await Session.open({ usesContainers: false });
    onCleanup(() => session[Symbol.asyncDispose]());
    return session;
  })
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  .extend('seed', async ({}): Promise<number> => {
    const seed = Number(process.env[SEED] ?? Math.floor(Date.now() / 86_400_000));
    console.log(`seed ${seed}: ${SEED}=${seed} repeats this`);
    return seed;
  });
