import type { Node } from '../deployment/node.ts';

/** A folder of Linux in which nobody can make a file: root and containers included. */
const UNWRITABLE = '/sys';

/** What servers log when they cannot make the file of an RDB there. */
export const NOT_SAVED =
  /^Failed opening the (?:temp )?RDB file \S+ \(in server root dir \/sys\) for saving: /;

/** A server that cannot write. Leaving the scope undoes it. */
export interface WithoutDisk extends AsyncDisposable {
  isBack(): Promise<void>;
}

/** Takes the server's data directory away, until it is told to be back. It has to run with `dirChangeable`. */
export async function withoutDisk(node: Node): Promise<WithoutDisk> {
  const [, dir = ''] = (await node.call('CONFIG', 'GET', 'dir')) as string[];
  await node.call('CONFIG', 'SET', 'dir', UNWRITABLE);
  node.deployment.timeline.record(node.name, `its data directory is ${UNWRITABLE}`);
  const isBack = async (): Promise<void> => {
    await node.call('CONFIG', 'SET', 'dir', dir);
    node.deployment.timeline.record(node.name, 'its data directory is back');
  };
  return { isBack, [Symbol.asyncDispose]: () => isBack().catch(() => {}) };
}
