import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { differencesBetween } from '../observe/dataset-differences.ts';
import { until } from '../until.ts';
import { hasWritten, type Position, positionInWords, positionOf } from './position.ts';

export interface ConvergenceExpectation {
  /** Deadline in milliseconds for replication ID and offset to be equal. Default 15 000. */
  readonly withinMs?: number;
}

const DIFFERENCES_TOLD = 5;

/**
 * Waits until a replica stands where its master stands: same replication ID, same offset, link up. Then
 * every key is compared. Equal offsets are not equal data, so a difference at equal offsets is a
 * `correctness` error; a replica that does not get there in time is a `liveness` error.
 * Writers must have stopped: a position that moves while data is read starts the wait again, unless by PINGs alone. Beside
 * Sentinels it never stands still for long: what they publish on the master changes no data, so equal data is enough then.
 */
export async function converged(
  replica: Node,
  master: Node,
  { withinMs = 15_000 }: ConvergenceExpectation = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  const isGreeted = master.deployment.topology.sentinels !== undefined;
  for (let leftMs = withinMs; ; leftMs = Math.max(0, deadline - performance.now())) {
    const position = await samePosition(replica, master, leftMs);
    const { differences, changes } = await dataDifferences(replica, master);
    const after = await positionOf(master);
    if (hasWritten(position, after, changes) && !(isGreeted && differences.length === 0)) {
      if (performance.now() < deadline) continue;
      throw new ChaosError(
        'inconclusive',
        `${master.name} went on from byte ${position.offset} to ${after.offset} while data was read, and did so for ${withinMs} ms: stop its writers first`,
      );
    }
    if (differences.length > 0) {
      throw new ChaosError(
        'correctness',
        `${replica.name} is at offset ${position.offset} of ${position.replid} as ${master.name} is, and holds other data:\n${differences.join('\n')}`,
      );
    }
    replica.deployment.timeline.record(replica.name, `converged at offset ${position.offset}`);
    return;
  }
}

/** Compares every key of two nodes as they are. Throws a `correctness` error that names differences. */
export async function holdsSameData(replica: Node, master: Node): Promise<void> {
  const { differences } = await dataDifferences(replica, master);
  if (differences.length > 0) {
    throw new ChaosError(
      'correctness',
      `${replica.name} does not hold the data of ${master.name}:\n${differences.join('\n')}`,
    );
  }
}

async function samePosition(replica: Node, master: Node, withinMs: number): Promise<Position> {
  const { ofMaster } = await until(
    async () => ({ ofReplica: await positionOf(replica), ofMaster: await positionOf(master) }),
    ({ ofReplica, ofMaster }) =>
      ofReplica.link === 'up' &&
      ofReplica.replid === ofMaster.replid &&
      ofReplica.offset === ofMaster.offset,
    {
      what: `${replica.name} to reach the replication ID and offset of ${master.name}`,
      withinMs,
      describe: (seen) => {
        const { ofReplica, ofMaster } = seen as { ofReplica: Position; ofMaster: Position };
        return `${replica.name} at ${positionInWords(ofReplica)}, ${master.name} at ${positionInWords(ofMaster)}`;
      },
    },
  );
  return ofMaster;
}

async function dataDifferences(replica: Node, master: Node) {
  using actual = replica.dedicated();
  using expected = master.dedicated();
  return await differencesBetween(expected.callBuffer, actual.callBuffer, {
    limit: DIFFERENCES_TOLD,
  });
}
