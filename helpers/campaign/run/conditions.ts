import type { Snapshot } from '../../observe/snapshot.ts';
import type { FaultCondition } from '../plan.ts';

/** A replica and its upstream, each as it last said that it was. */
export interface Pair {
  readonly replica: Snapshot;
  readonly upstream: Snapshot;
}

/** Whether a condition holds for any pair that a fault is about; one, for any of all nodes. */
export function holds(
  condition: FaultCondition,
  pairs: readonly Pair[],
  all: readonly Snapshot[],
): boolean {
  switch (condition) {
    case 'backlog-overrun':
      return pairs.some((pair) => isOneHistory(pair) && lacksMoreThanThereIs(pair));
    case 'backlog-half-full':
      return pairs.some(
        (pair) => isOneHistory(pair) && 2 * lagBytes(pair) >= pair.upstream.backlog.sizeBytes,
      );
    case 'full-resync-begun':
      return all.some(
        ({ loading, upstream, replicas }) =>
          loading ||
          upstream?.syncInProgress === true ||
          replicas.some(({ state }) => state !== 'online'),
      );
    case 'noticed':
      return pairs.some(({ replica }) => replica.upstream?.link === 'down');
  }
}

/** Offsets of different histories cannot be compared. */
function isOneHistory({ replica, upstream }: Pair): boolean {
  return replica.replid === upstream.replid || replica.replid === upstream.replid2;
}

function lacksMoreThanThereIs({ replica, upstream }: Pair): boolean {
  const { active, firstByteOffset } = upstream.backlog;
  return active && firstByteOffset > replica.offset + 1;
}

function lagBytes({ replica, upstream }: Pair): number {
  return upstream.offset - replica.offset;
}
