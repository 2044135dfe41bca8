import type { Deployment } from '../../deployment/deployment.ts';
import { bandwidth, latency } from '../../links/faults/index.ts';
import type { Assumptions } from '../report.ts';

export type LinkAssumed = NonNullable<Assumptions['link']>;

/** More than a proxy on this machine brings over beside all else. */
const WIDE_KILOBYTES_PER_SECOND = 200_000;
const LOOKS_APART_SECONDS = 0.2;

/**
 * Makes the paths between all nodes as narrow and as long as the link that was asked for, until it is healed or the scope is
 * left; without one they stay as they are. The latency is that of a round trip: all of it is put on the way from the
 * upstream. Neither is proven by a client: what is measured over it shows it, and the answer of a busy machine hides so little.
 */
export async function overLink(
  deployment: Deployment,
  link: LinkAssumed | undefined,
): Promise<AsyncDisposable> {
  await using faults = new AsyncDisposableStack();
  if (link !== undefined) {
    const kilobytesPerSecond = Math.max(1, Math.round(link.bitsPerSecond / 8_000));
    const { latencyMs } = link;
    for (const path of await pathsOf(deployment)) {
      const apply = async (fault: ReturnType<typeof bandwidth>): Promise<void> => {
        faults.use(await path.apply(fault, { unproven: true }));
      };
      // What a latency holds back has passed the narrow part already: the other way round it would be a buffer of its own.
      if (kilobytesPerSecond < WIDE_KILOBYTES_PER_SECOND)
        await apply(bandwidth('downstream', { kilobytesPerSecond }));
      if (latencyMs > 0) await apply(latency('downstream', { latencyMs }));
    }
  }
  return faults.move();
}

/** Bytes a second that it carries; undefined: more than matters. */
export function bytesPerSecondOver(link: LinkAssumed | undefined): number | undefined {
  return link && link.bitsPerSecond / 8;
}

/** What of a stream is on its way over it at any time, at most: looks at two servers are never at one time. */
export function onItsWay(link: LinkAssumed | undefined, streamPerSecond: number): number {
  return link === undefined ? 0 : streamPerSecond * (link.latencyMs / 1_000 + LOOKS_APART_SECONDS);
}

/** From each replica to its master; where Sentinels can make any node the master, from each node to each other. */
function pathsOf(deployment: Deployment) {
  const { master, replicas, nodes, sentinels } = deployment;
  const pairs =
    sentinels.length === 0
      ? replicas.map((from) => [from, master] as const)
      : nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => [from, to] as const));
  return Promise.all(pairs.map(([from, to]) => deployment.link(from, to)));
}
