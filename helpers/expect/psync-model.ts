import { psyncObjection } from '../check/psync-agreement.ts';
import type { PsyncRequest } from '../check/psync-model.ts';
import type { ServedResync } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { psyncRequests } from '../observe/psync-requests.ts';
import { until } from '../until.ts';

/** The logs of two servers are read apart: the answer can come before the question. */
const LOGGED_WITHIN_MS = 10_000;

/**
 * Throws a `correctness` error unless upstreams decided as the model of PSYNC does, from what the replica's
 * log says it asked for and from what they were before and after.
 */
export async function mustAgreeWithModel(
  replica: Node,
  resyncs: readonly ServedResync[],
): Promise<void> {
  await replica.deployment.look('judgement');
  const objections: string[] = [];
  for (const resync of resyncs) {
    if (resync.reason === 'legacy-sync') continue;
    const objection = objectionTo(replica, resync, await requestOf(replica, resync));
    if (objection !== undefined) objections.push([objection, ...resync.evidence].join('\n    '));
  }
  if (objections.length === 0) return;
  throw new ChaosError(
    'correctness',
    `${replica.name} was not answered as the model of PSYNC says:\n- ${objections.join('\n- ')}`,
  );
}

function objectionTo(
  replica: Node,
  resync: ServedResync,
  request: PsyncRequest,
): string | undefined {
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

/** The last request in the replica's log that the upstream's words fit. */
async function requestOf(replica: Node, { asked }: ServedResync): Promise<PsyncRequest> {
  if (asked.replid === '?') return { replid: '?', from: -1 };
  const request = await until(
    () =>
      requests(replica).findLast(
        ({ replid, from }) => (asked.replid ?? replid) === replid && (asked.from ?? from) === from,
      ),
    (found) => found !== undefined,
    {
      what: `${replica.name} to log that it asked for what its upstream answered, ${JSON.stringify(asked)}`,
      withinMs: LOGGED_WITHIN_MS,
      verdict: 'inconclusive',
      describe: () => JSON.stringify(requests(replica)),
    },
  );
  return request as PsyncRequest;
}

function requests(replica: Node): PsyncRequest[] {
  return psyncRequests(replica.server.log.lines).map(({ replid, from }) => ({ replid, from }));
}
