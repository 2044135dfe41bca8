import type { Node } from '../deployment/node.ts';
import { type Transfers, transfersOf } from '../observe/transfers.ts';
import { until } from '../until.ts';

const WITHIN_MS = 15_000;
/** How a master shows a replica that it sends an RDB on one connection and the stream on another. */
const BOTH = { redis: 'send_bulk_and_stream', valkey: 'bg_transfer' };

/** What a node says of full resyncs under way. */
export async function transfers(node: Node): Promise<Transfers> {
  return transfersOf(await node.info());
}

/** Ids of a replica's two connections, as CLIENT KILL takes them. */
export interface TwoConnections {
  readonly main: number;
  readonly rdb: number;
}

/**
 * Waits until a master sends so many replicas an RDB and the stream at the same time. Returns the connections, which
 * are known by role only if there is one replica.
 */
export async function bothUnderWay(master: Node, replicas = 1): Promise<TwoConnections> {
  await until(
    () => master.snapshot(),
    (seen) => seen.replicas.filter(({ state }) => state === BOTH[seen.product]).length === replicas,
    {
      what: `${master.name} to send ${replicas} replicas an RDB and the stream`,
      withinMs: WITHIN_MS,
      verdict: 'inconclusive',
      describe: (seen) => JSON.stringify((seen as { replicas: unknown }).replicas),
    },
  );
  const all = (await master.clientList()).filter(({ flags }) => flags.has('S'));
  // Redis marks the RDB's connection; on Valkey's the last command was SYNC, on the other PSYNC.
  const isRdb = ({ flags, command }: (typeof all)[number]): boolean =>
    flags.has('C') || command === 'sync';
  const main = all.find((one) => !isRdb(one))?.id ?? 0;
  return { main, rdb: all.find(isRdb)?.id ?? 0 };
}

/** Waits until no child of a node writes an RDB. */
export async function rdbEnded(node: Node): Promise<Transfers> {
  return until(
    () => transfers(node),
    ({ rdbUnderWay }) => !rdbUnderWay,
    { what: `${node.name} to end its RDB`, withinMs: WITHIN_MS },
  );
}
