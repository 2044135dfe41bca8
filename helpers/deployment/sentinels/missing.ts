import type { Missing } from '../target.ts';

/** Why a target cannot have Sentinels, and what to do. */
export function noSentinel({ missing }: Missing): string {
  return `a Sentinel is a redis-server or valkey-server in another mode, and none is to be had for this target: ${missing}`;
}

/** Why a target cannot have announced addresses, and what to do. */
export function noSwitches({ missing }: Missing): string {
  return `the addresses that servers beside Sentinels announce are switches of the embedded Toxiproxy, which there is no image for: ${missing}`;
}
