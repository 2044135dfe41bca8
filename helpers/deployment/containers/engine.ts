import type { ContainerRuntimeClient } from 'testcontainers';

let client: Promise<ContainerRuntimeClient> | undefined;

/** The engine Testcontainers finds (DOCKER_HOST, contexts, sockets). Loaded late: it takes half a second. */
export function engineClient(): Promise<ContainerRuntimeClient> {
  client ??= import('testcontainers').then(({ getContainerRuntimeClient }) =>
    getContainerRuntimeClient(),
  );
  return client;
}
