import { compareDatasets } from '../../check/dataset.ts';
import { can } from '../../deployment/capabilities.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { Node } from '../../deployment/node.ts';
import type { Target } from '../../deployment/target.ts';
import { messageOf } from '../../errors.ts';
import { readDataset } from '../../observe/dataset.ts';
import { describeDifferences } from '../../observe/dataset-differences.ts';
import { idle } from '../../workload/pacing.ts';
import { upstreamOf } from './instances.ts';
import { apartInWords, type Position, type Positions, rootOf } from './positions.ts';

const LOOK_EVERY_MS = 50;
const ANSWERS_WITHIN_MS = 2_000;
const DIFFERENCES_TOLD = 5;

export interface Convergence {
  /** When all was equal, in milliseconds since the epoch. Absent if it did not come to that. */
  readonly atMs?: number;
  /** What was not, in words. */
  readonly differences: readonly string[];
}

interface Options {
  readonly target: Target;
  /** In milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/**
 * Waits until all nodes are one tree with links up, one replication ID and one offset, then compares every key of each with
 * the master's. Never rejects: what has not converged in time is told. Equal offsets are not equal data: data that
 * differs while no offset moves is final.
 */
export async function convergence(deployment: Deployment, options: Options): Promise<Convergence> {
  const { deadlineMs, clock, signal } = options;
  let differences: readonly string[] = ['nothing was seen'];
  while (!signal.aborted) {
    const before = await positionsOf(deployment);
    differences = apartInWords(before);
    const root = rootOf(before);
    if (differences.length === 0 && root !== undefined) {
      const atMs = clock();
      const told = await dataDifferences(deployment, root, options.target).catch(
        (thrown: unknown) => ({ failed: `data could not be read: ${messageOf(thrown)}` }),
      );
      if ('failed' in told) differences = [told.failed];
      else if (told.length === 0) return { atMs, differences: [] };
      else {
        differences = told;
        if (isSame(before, await positionsOf(deployment))) return { differences };
      }
    }
    if (clock() >= deadlineMs) break;
    await idle(LOOK_EVERY_MS, signal);
  }
  return { differences };
}

/** Where all nodes say that they are. */
export async function positionsOf(deployment: Deployment): Promise<Positions> {
  const all = await Promise.all(
    deployment.nodes.map(async (node) => [node.name, await positionOf(deployment, node)] as const),
  );
  return new Map(all);
}

async function positionOf(deployment: Deployment, node: Node): Promise<Position | undefined> {
  if (node.server.exit !== undefined || node.isPaused) return undefined;
  const late = idle(ANSWERS_WITHIN_MS, new AbortController().signal);
  const snapshot = await Promise.race([
    node.snapshot().catch(() => undefined),
    late.then(() => undefined),
  ]);
  if (snapshot === undefined) return undefined;
  const { role, replid, offset } = snapshot;
  const upstream = upstreamOf(deployment, node, snapshot);
  return {
    node: node.name,
    role,
    replid,
    offset,
    ...(snapshot.upstream && { link: snapshot.upstream.link }),
    ...(upstream && { upstream: upstream.name }),
  };
}

function isSame(one: Positions, other: Positions): boolean {
  return [...one].every(([node, position]) => {
    const now = other.get(node);
    return position?.replid === now?.replid && position?.offset === now?.offset;
  });
}

async function dataDifferences(
  deployment: Deployment,
  { node: root }: Position,
  target: Target,
): Promise<string[]> {
  using expected = deployment.node(root).dedicated();
  const expectedData = await readDataset(expected.callBuffer);
  const told: string[] = [];
  for (const node of deployment.nodes) {
    if (node.name === root) continue;
    using actual = node.dedicated();
    const actualData = await readDataset(actual.callBuffer);
    const { differences } = compareDatasets(expectedData, actualData);
    // Before Redis 7.0 a replica counts a time to live from when it hears of it.
    const meant = can(target, 'absolute-ttls')
      ? differences
      : differences.filter(({ kind }) => kind !== 'expiry');
    const lines = await describeDifferences(meant, expected.callBuffer, actual.callBuffer, {
      limit: DIFFERENCES_TOLD,
    });
    told.push(...lines.map((line) => `${node.name} differs from ${root}: ${line}`));
  }
  return told;
}
