import { noPings } from '../deployment/config.ts';
import type { Node } from '../deployment/node.ts';

/** What a PING adds to the stream. */
export const PING_BYTES = '*1\r\n$4\r\nPING\r\n'.length;

const PERIOD = 'repl-ping-replica-period';

/** From now on the master pings its replicas once a second: each PING adds bytes to the stream. */
export async function pingsEachSecond(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', PERIOD, 1);
}

/** From now on it does not: nothing is written while data is compared. */
export async function pingsNoMore(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', PERIOD, Number(noPings[PERIOD]));
}
