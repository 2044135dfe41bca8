import type { Address } from '../address.ts';
import type { Config } from '../config.ts';

/** The redis.conf of a node that others are to find at this address, as a replica and as a master. */
export function announcedByNode({ host, port }: Address): Config {
  return { 'replica-announce-ip': host, 'replica-announce-port': port };
}

/** The sentinel.conf of a Sentinel that others are to find at this address, with more lines `sentinel ...` if there are. */
export function announcedBySentinel({ host, port }: Address, more: readonly string[] = []): Config {
  return { sentinel: [`announce-ip ${host}`, `announce-port ${port}`, ...more] };
}
