import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';

/** The reference's own; no other server can be given a wrong time. */
const DIRECTIVE = 'clock-offset-ms';

/**
 * Sets the clock of one of two nodes, whichever can be set, so that `node` is that far ahead of `other`; behind, if it
 * is negative. To be done before there is a link between them: a clock that jumps makes timeouts run out.
 */
export async function setAhead(node: Node, other: Node, aheadMs: number): Promise<void> {
  for (const [one, offsetMs] of [
    [node, aheadMs],
    [other, -aheadMs],
  ] as const) {
    const found = (await one.call('CONFIG', 'GET', DIRECTIVE)) as string[];
    if (found.length === 0) continue;
    await one.call('CONFIG', 'SET', DIRECTIVE, offsetMs);
    node.deployment.timeline.record(one.name, `its clock is set ${offsetMs} ms ahead`);
    return;
  }
  throw new ChaosError(
    'misuse',
    `neither ${node.name} nor ${other.name} can be given a wrong clock: that needs the reference as one of them, needsServer('wrong-clock')`,
  );
}

/** The server's clock, in milliseconds since 1970. */
export async function timeMs(node: Node): Promise<number> {
  const [seconds, micros] = (await node.call('TIME')) as [string, string];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
