import { test as base } from 'vitest';
import { findRedis, type Program } from '../../fixtures/reference/testing/subject.ts';
import { Session } from '../../helpers/deployment/session/session.ts';

/** Repeat a run with the seed that it printed: `REFERENCE_SEED=42 npx vitest run --project conformance`. */
const SEED = 'REFERENCE_SEED';

/** What a change is judged by must not change by itself: other seeds are for those who look further. */
const DEFAULT_SEED = 1;

/** A test with files that go when it ends, a seed, and a real Redis, without which it is passed over. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('session', async ({}, { onCleanup }): Promise<Session> => {
    const session = await Session.open({ usesContainers: false });
    onCleanup(() => session[Symbol.asyncDispose]());
    return session;
  })
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  .extend('seed', async ({}): Promise<number> => {
    const seed = Number(process.env[SEED] ?? DEFAULT_SEED);
    console.log(`seed ${seed}: ${SEED}=${seed} repeats this`);
    return seed;
  })
  .extend('redis', async ({ skip }): Promise<Program> => {
    const found = await findRedis();
    if (!('missing' in found)) return found;
    console.warn(`the reference is not compared with a real server: ${found.missing}`);
    return skip(found.missing);
  });
