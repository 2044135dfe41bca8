import type { ContainerRuntimeClient } from 'testcontainers';
import { inTime } from '../../in-time.ts';

/** Asked what it is, a well engine under load answers within seconds; one that hangs never does. */
const ANSWERS_WITHIN_MS = 30_000;

let client: Promise<ContainerRuntimeClient> | undefined;

/**
 * The engine Testcontainers finds (DOCKER_HOST, contexts, sockets). Loaded late: it takes half a second. Rejects where there
 * is none, and where it does not say within 30 s what it is.
 */
export function engineClient(): Promise<ContainerRuntimeClient> {
  client ??= import('testcontainers').then(({ getContainerRuntimeClient }) =>
    inTime(getContainerRuntimeClient(), ANSWERS_WITHIN_MS),
  );
  return client;
}
