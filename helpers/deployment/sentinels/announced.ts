import type { Address } from '../address.ts';
import type { Config } from '../config.ts';

/** The redis.conf of a node that others are to find at this address, as a replica and as a master. */
export function announcedByNode({ host, port }: Address): Config {
  return { 'replica-announce-ip': host, 'replica-announce-port': port };
}

/** The sentinel.conf of a Sentinel that others are to find at this address. */
export function announcedBySentinel({ host, port }: Address): Config {
  return { sentinel: [`announce-ip ${host}`, `announce-port ${port}`] };
}
