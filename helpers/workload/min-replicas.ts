import type { Config } from '../deployment/config.ts';

const MAX_LAG_SECONDS = 1;

/** A master that no replica hears accepts no writes. */
export const stopsUnheard: Config = {
  'min-replicas-to-write': 1,
  'min-replicas-max-lag': MAX_LAG_SECONDS,
};

/** How long it may take to stop: the lag is counted in whole seconds, and looked at once a second: up to two more. */
export const STOPS_WITHIN_MS = (MAX_LAG_SECONDS + 2) * 1_000;
/** What a busy machine may keep a server and its clients from running, beside that. */
export const BUSY_MS = 3_000;
