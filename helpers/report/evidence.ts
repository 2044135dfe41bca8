import type { Deployment } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import type { Sentinel } from '../deployment/sentinels/sentinel.ts';
import { messageOf } from '../errors.ts';
import type { TimelineEntry } from '../timeline.ts';

/** What a node or a Sentinel left behind. */
export interface NodeEvidence {
  readonly name: string;
  /** INFO, or why there was none. */
  readonly info: string;
  /** Every directive as the node has it in force, what a Sentinel knows of others, or why it does not tell. */
  readonly config: string;
  readonly log: string;
}

/** Everything of a deployment that helps to understand a failure, taken while it still runs. */
export interface Evidence {
  readonly topology: Deployment['topology'];
  /** What the harness did and what every server logged, in one order. */
  readonly timeline: readonly TimelineEntry[];
  readonly nodes: readonly NodeEvidence[];
  readonly proxies: unknown;
  /** The last bytes of the last connections, where the embedded Toxiproxy is in the links. */
  readonly tap?: unknown;
}

/** Collects evidence. A node that does not answer is told as such, never waited for beyond 1 s. */
export async function collectEvidence(
  deployment: Deployment,
  proxies: unknown,
  tap: unknown,
): Promise<Evidence> {
  const servers = [...deployment.nodes, ...deployment.sentinels];
  const nodes = await Promise.all(servers.map(evidenceOf));
  const logged = servers.flatMap(({ name, server }) =>
    server.log.lines.map(({ readAtMs, stamp, text }) => ({
      atMs: readAtMs,
      subject: name,
      text: `| ${stamp} ${text}`,
    })),
  );
  const timeline = [...deployment.timeline.entries, ...logged].sort((a, b) => a.atMs - b.atMs);
  return { topology: deployment.topology, timeline, nodes, proxies, tap };
}

async function evidenceOf(node: Node | Sentinel): Promise<NodeEvidence> {
  const { name, server } = node;
  const [info, config] = await Promise.all([
    server.exit === undefined
      ? node.info().catch((thrown: unknown) => `no INFO: ${messageOf(thrown)}`)
      : `no INFO: the process has ended (${server.exit.signal ?? `exit code ${server.exit.code}`})`,
    server.exit === undefined
      ? node.effectiveConfig().catch((thrown: unknown) => `not told: ${messageOf(thrown)}`)
      : 'not told: the process has ended',
  ]);
  const log = server.log.lines.map(({ stamp, text }) => `${stamp} ${text}`).join('\n');
  return { name, info, config, log };
}
