import type { ContainerRuntimeClient } from 'testcontainers';

/** Asked what it is, a well engine under load answers within seconds; one that hangs never does. */
const ANSWERS_WITHIN_MS = 30_000;

let client: Promise<ContainerRuntimeClient> | undefined;

/**
 * The engine Testcontainers finds (DOCKER_HOST, contexts, sockets). Loaded late: it takes half a second. Rejects where there
 * is none, and where it does not say within 30 s what it is.
 */
export function engineClient(): Promise<ContainerRuntimeClient> {
  client ??= import('testcontainers').then(({ getContainerRuntimeClient }) =>
    answering(getContainerRuntimeClient(), ANSWERS_WITHIN_MS),
  );
  return client;
}

/** What the engine answers, or a rejection when that has not come in time. */
export async function answering<T>(answer: Promise<T>, withinMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
