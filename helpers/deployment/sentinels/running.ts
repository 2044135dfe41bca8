import type { Deployment } from '../deployment.ts';
import type { Sentinel } from './sentinel.ts';

/** The Sentinels that run, and are not paused: who can be asked. */
export function runningSentinels({ sentinels }: Pick<Deployment, 'sentinels'>): Sentinel[] {
  return sentinels.filter(({ server, isPaused }) => server.exit === undefined && !isPaused);
}
