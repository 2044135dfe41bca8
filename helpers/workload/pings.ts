import { noPings } from '../deployment/config.ts';
import type { Node } from '../deployment/node.ts';

const PERIOD = 'repl-ping-replica-period';

/** From now on the master pings its replicas once a second: each PING adds bytes to the stream. */
export async function pingsEachSecond(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', PERIOD, 1);
}

/** From now on it does not: nothing is written while data is compared. */
export async function pingsNoMore(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', PERIOD, Number(noPings[PERIOD]));
}
