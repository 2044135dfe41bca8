import type { WaitStrategy } from 'testcontainers';

/** The deployment asks the server itself whether it is ready: Testcontainers need not. */
export const noWait: WaitStrategy = {
  waitUntilReady: () => Promise.resolve(),
  withStartupTimeout: () => noWait,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};
