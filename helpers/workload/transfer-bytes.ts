import { can, type Versioned } from '../deployment/capabilities.ts';
import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';
import { ask, rawConnection } from './raw-connection.ts';

const LEFT_WITHIN_MS = 15_000;
const FORTY = 'x'.repeat(40);

/** Where, on a connection from a replica to its master, the RDB of a full resync is: offsets of what the master sends. */
export interface TransferBytes {
  /** Of the RDB's first byte. */
  readonly rdbFrom: number;
  /** Behind the RDB's last byte. */
  readonly rdbTo: number;
  /** Behind the last byte of the transfer: the same, or behind the mark that ends an RDB of unknown length. */
  readonly end: number;
}

/**
 * Tells where the RDB will be if this replica makes a full resync now: it asks the master for one itself, to learn its
 * length. That holds while nothing is written and no other replica attaches; each second in which an RDB for the disk
 * is being made adds one byte to what comes before (a newline, see redis 7.0 replication.c replicationCron).
 */
export async function transferBytes(master: Node, replica: Node): Promise<TransferBytes> {
  const [ofMaster, ofReplica] = [await master.snapshot(), await replica.snapshot()];
  const [, diskless] = (await master.call('CONFIG', 'GET', 'repl-diskless-sync')) as string[];
  const rdbBytes = await lengthOfRdb(master, ofReplica.version);
  // What the visit has left in the stream counts: the answer to PSYNC tells the offset.
  const { offset } = await until(
    () => master.snapshot(),
    ({ replicas }) => replicas.length === ofMaster.replicas.length,
    { what: `${master.name} to have no visitor any more`, withinMs: LEFT_WITHIN_MS },
  );
  const isStreamed = diskless === 'yes';
  const hasOwnConnection =
    isStreamed && [ofMaster, ofReplica].every((one) => can(one, 'rdb-channel'));
  const before = [
    ...(hasOwnConnection ? ['+OK'] : introductions(ofMaster, ofReplica)),
    `+FULLRESYNC ${FORTY} ${offset}`,
    isStreamed ? `$EOF:${FORTY}` : `$${rdbBytes}`,
  ];
  const rdbFrom = lengthOf(before);
  const rdbTo = rdbFrom + rdbBytes;
  return { rdbFrom, rdbTo, end: isStreamed ? rdbTo + FORTY.length : rdbTo };
}

/** Where the stream begins on a connection on which it goes on: the offset of the first byte. */
export async function streamFrom(master: Node, replica: Node): Promise<number> {
  const introduced = introductions(await master.snapshot(), await replica.snapshot());
  return lengthOf([...introduced, `+CONTINUE ${FORTY}`]);
}

/** What a master answers before PSYNC. */
function introductions(master: Versioned, replica: Versioned): string[] {
  const toVersion = can(master, 'replconf-version')
    ? '+OK'
    : '-ERR Unrecognized REPLCONF option: version';
  return ['+PONG', '+OK', '+OK', ...(can(replica, 'replconf-version') ? [toVersion] : [])];
}

function lengthOf(lines: readonly string[]): number {
  return lines.map((line) => `${line}\r\n`).join('').length;
}

/** Asks for an RDB as a replica of a version that wants to be told its length. */
async function lengthOfRdb(master: Node, version: string): Promise<number> {
  using visitor = rawConnection(master);
  // Valkey 9 writes the RDB in the format of that version; who does not know the option refuses it.
  await ask(visitor, `REPLCONF version ${version}`, /^[+-].*\r\n/);
  const [, bytes] = await ask(visitor, 'PSYNC ? -1', /\r\n\n*\$(\d+)\r\n/);
  return Number(bytes);
}
