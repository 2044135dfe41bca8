import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';

const ENDS_WITHIN_MS = 15_000;
const ACKNOWLEDGES_WITHIN_MS = 10_000;

/** Freezes the only replica, which has all, and has its master write: key is `there` on the replica, `lagging` on the master. */
export async function lagsBehindAWrite(replica: Node, master: Node): Promise<void> {
  await master.call('SET', 'key', 'there');
  const acknowledged = await master.call('WAIT', 1, ACKNOWLEDGES_WITHIN_MS);
  if (acknowledged !== 1) {
    throw new ChaosError(
      'liveness',
      `${replica.name} has not acknowledged a write within ${ACKNOWLEDGES_WITHIN_MS} ms`,
    );
  }
  await replica.pause();
  await master.call('SET', 'key', 'lagging');
}

/** SHUTDOWN by command: returns when the server has ended, and throws if it answers instead. */
export async function shutDown(node: Node, ...args: readonly string[]): Promise<void> {
  using client = node.dedicated();
  const answer = client.call('SHUTDOWN', ...args).then(String, ({ message }: Error) => message);
  await until(
    () => node.server.exit,
    (exit) => exit !== undefined,
    { what: `${node.name} to end by SHUTDOWN ${args.join(' ')}`, withinMs: ENDS_WITHIN_MS },
  );
  const said = await answer;
  if (said !== 'Connection is closed.') {
    throw new ChaosError(
      'correctness',
      `SHUTDOWN ${args.join(' ')} to ${node.name} was answered by ${said}, expected no answer`,
    );
  }
}
