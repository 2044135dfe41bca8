import { psyncObjection, sidesSeen } from '../check/psync-agreement.ts';
import { NO_HISTORY, type PsyncRequest } from '../check/psync-model.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import type { ServedResync } from '../deployment/served-resyncs.ts';
import { ChaosError } from '../errors.ts';
import { psyncRequests } from '../observe/psync-requests.ts';
import { until } from '../until.ts';

/** The logs of two servers are read apart: the answer can come before the question. */
const LOGGED_WITHIN_MS = 10_000;

/**
 * Throws a `correctness` error unless upstreams decided as the model of PSYNC does, from what the replica's
 * log says it asked for and from what they were before and after; an `inconclusive` one if that is not known.
 */
export async function mustAgreeWithModel(
  replica: Node,
  resyncs: readonly ServedResync[],
): Promise<void> {
  await replica.deployment.look();
  for (const resync of resyncs) await asked(replica, resync);
  const verdicts = resyncs.map((resync) => verdictOn(replica, resync, { sides: 1 }));
  const objections = verdicts.flatMap(({ objection }) => objection ?? []);
  if (objections.length > 0) throw disagreement(replica, objections);
  const unknown = verdicts.flatMap(({ unjudged }) => unjudged ?? []);
  if (unknown.length === 0) return;
  throw new ChaosError(
    'inconclusive',
    `${replica.name} cannot be judged by the model of PSYNC:\n- ${unknown.join('\n- ')}`,
  );
}

/** How the model of PSYNC stands to all that a deployment's servers have decided. */
export interface Agreement {
  readonly agreed: number;
  /** Of what it says otherwise, the replica and why. */
  readonly objections: readonly ChaosError[];
  /** Why some could not be judged, in words. */
  readonly unjudged: readonly string[];
}

/**
 * Holds all resyncs of a deployment against the model, those too that no expectation asked for. It asks no server anything,
 * and judges only where the upstream was seen on both sides: nobody says what to expect.
 */
export function agreementWithModel(deployment: Deployment): Agreement {
  const resyncs = deployment.resyncs();
  const all = deployment.nodes.map((replica) => ({
    replica,
    verdicts: resyncs
      .filter(({ replicaPort }) => replicaPort === replica.port)
      .map((resync) => verdictOn(replica, resync, { sides: 2 })),
  }));
  const verdicts = all.flatMap((one) => one.verdicts);
  const objections = all.flatMap(({ replica, verdicts }) => {
    const words = verdicts.flatMap(({ objection }) => objection ?? []);
    return words.length === 0 ? [] : [disagreement(replica, words)];
  });
  const unjudged = verdicts.flatMap(({ unjudged }) => unjudged ?? []);
  const agreed = verdicts.filter(({ objection, unjudged }) => !objection && !unjudged).length;
  return { agreed, objections, unjudged };
}

export function agreementInWords({ agreed, objections, unjudged }: Agreement): string {
  return [
    `agrees with ${agreed} resyncs`,
    ...objections.map(({ message }) => message),
    ...unjudged.map((why) => `not judged: ${why}`),
  ].join('\n- ');
}

interface Verdict {
  readonly objection?: string;
  readonly unjudged?: string;
}

/** By what its upstream was on so many sides of the decision, at least. */
function verdictOn(
  replica: Node,
  resync: ServedResync,
  { sides }: { readonly sides: 1 | 2 },
): Verdict {
  const { upstream, boot, kind, number, reason, evidence } = resync;
  if (reason === 'legacy-sync') return {};
  const around = replica.deployment.memory.around(upstream, boot, kind, number);
  const requests = requestsThatFit(replica, resync);
  const known = requests.filter((request) => sidesSeen(request, around) >= sides);
  if (known.length === 0) {
    const lacks =
      requests.length === 0
        ? 'no such request in its log'
        : `${upstream} was not seen ${around.before ? 'after' : 'before'} it`;
    return { unjudged: [`${replica.name}: ${lacks}`, ...evidence].join('\n    ') };
  }
  const objections = known.map((request) => psyncObjection(resync, request, around));
  const [objection] = objections;
  if (objection === undefined || objections.includes(undefined)) return {};
  return { objection: [objection, ...evidence].join('\n    ') };
}

function disagreement(replica: Node, objections: readonly string[]): ChaosError {
  return new ChaosError(
    'correctness',
    `${replica.name} was not answered as the model of PSYNC says:\n- ${objections.join('\n- ')}`,
  );
}

/** Waits until the replica's log tells what it asked for. */
async function asked(replica: Node, resync: ServedResync): Promise<void> {
  if (resync.reason === 'legacy-sync') return;
  await until(
    () => requestsThatFit(replica, resync),
    ({ length }) => length > 0,
    {
      what: `${replica.name} to log that it asked for what its upstream answered, ${JSON.stringify(resync.asked)}`,
      withinMs: LOGGED_WITHIN_MS,
      verdict: 'inconclusive',
      describe: () => JSON.stringify(psyncRequests(replica.server.log.lines)),
    },
  );
}

/** The requests in the replica's log that the upstream's words fit: it does not say all that it was asked. */
function requestsThatFit(replica: Node, { asked }: ServedResync): PsyncRequest[] {
  if (asked.replid === NO_HISTORY) return [{ replid: NO_HISTORY, from: -1 }];
  return psyncRequests(replica.server.log.lines).filter(
    ({ replid, from }) => (asked.replid ?? replid) === replid && (asked.from ?? from) === from,
  );
}
