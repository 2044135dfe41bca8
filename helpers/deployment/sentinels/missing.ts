import { ChaosError } from '../../errors.ts';
import type { ServerSpec } from '../driver.ts';
import type { Missing } from '../target.ts';

/** What a target runs a server of this kind on. Throws if it has no Sentinels. */
export function serverFor<Runs extends object>(
  kind: ServerSpec['kind'],
  { servers, sentinel }: { servers: readonly [Runs, ...Runs[]]; sentinel: Runs | Missing },
): Runs {
  if (kind !== 'sentinel') return servers[kind % servers.length] ?? servers[0];
  if ('missing' in sentinel) throw new ChaosError('environment', noSentinel(sentinel));
  return sentinel;
}

function noSentinel({ missing }: Missing): string {
  return `a Sentinel is a redis-server or valkey-server in another mode, and none is to be had for this target: ${missing}`;
}

/** Why a target cannot have announced addresses, and what to do. */
export function noSwitches({ missing }: Missing): string {
  return `the addresses that servers beside Sentinels announce are switches of the embedded Toxiproxy, which there is no image for: ${missing}`;
}
