import { psyncObjection } from '../check/psync-agreement.ts';
import type { PsyncRequest } from '../check/psync-model.ts';
import type { ServedResync } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';

const ASKS = /^Trying a partial resynchronization \(request (\w+):(-?\d+)\)/;

/**
 * Throws a `correctness` error unless upstreams decided as the model of PSYNC does, from what the replica's
 * log says it asked for and from what they were before and after.
 */
export async function mustAgreeWithModel(
  replica: Node,
  resyncs: readonly ServedResync[],
): Promise<void> {
  await replica.deployment.look('judgement');
  const objections = resyncs.flatMap((resync) => {
    const objection = objectionTo(replica, resync);
    return objection === undefined ? [] : [[objection, ...resync.evidence].join('\n    ')];
  });
  if (objections.length === 0) return;
  throw new ChaosError(
    'correctness',
    `${replica.name} was not answered as the model of PSYNC says:\n- ${objections.join('\n- ')}`,
  );
}

function objectionTo(replica: Node, resync: ServedResync): string | undefined {
  if (resync.reason === 'legacy-sync') return undefined;
  const request = requestOf(replica, resync);
  if (request === undefined) {
    return `${replica.name} did not log that it asked for ${JSON.stringify(resync.asked)}`;
  }
  const { memory } = replica.deployment;
  const { upstream, boot, readAtMs } = resync;
  // What happens to other links says nothing of when this one asked.
  const counts = (cause: string): boolean =>
    !cause.includes(' to ') || cause.startsWith(`${replica.name} to `);
  return psyncObjection(resync, request, {
    before: memory.before(upstream, boot, readAtMs, counts)?.snapshot,
    after: memory.after(upstream, boot, readAtMs)?.snapshot,
  });
}

/** The last request that the upstream's words fit. */
function requestOf(replica: Node, { asked }: ServedResync): PsyncRequest | undefined {
  if (asked.replid === '?') return { replid: '?', from: -1 };
  return replica.server.log.lines
    .flatMap(({ text }) => {
      const [, replid, from] = ASKS.exec(text) ?? [];
      return replid === undefined ? [] : [{ replid, from: Number(from) }];
    })
    .findLast(
      ({ replid, from }) => (asked.replid ?? replid) === replid && (asked.from ?? from) === from,
    );
}
