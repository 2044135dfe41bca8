/**
 * Who asks one node over one connection does not see an older version after a newer one. A node applies its master's writes
 * in their order and never undoes one (https://redis.io/docs/latest/operate/oss_and_stack/management/replication/); a
 * connection ends with the process. What does go back: a history that was lost (`loss-windows.ts`), and a full resync from
 * whoever is not the master (`rewinds.ts`). Nothing is promised of two connections, or of two nodes.
 */
import type { Checker } from './checker.ts';
import { when } from './checker.ts';
import { stepsBack } from './steps-back.ts';
import { versionInWords } from './versions.ts';

export const monotonicReads: Checker = {
  name: 'monotonic reads',
  check: (record) =>
    stepsBack(record)
      // From no such key to an older version: that is a resurrection.
      .filter(({ earlier }) => earlier.value !== null)
      .map(({ name, earlier, later }) => ({
        verdict: 'correctness',
        text: `one connection to ${later.read.node} may not see ${name} go back: ${versionInWords(earlier.value)} ${when(record, earlier.read.invokedAtMs)}, then ${versionInWords(later.value)} ${when(record, later.read.invokedAtMs)}`,
        atMs: later.completedAtMs,
        nodes: [later.read.node],
      })),
};
