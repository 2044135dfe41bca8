/**
 * A master answers with what it acknowledged: a read that it is asked for after an acknowledgement of its own sees that
 * write, or a later one. Redis executes one command after the other, and acknowledges a write when it is done. Nothing of the
 * kind is promised of replicas, or of a master that was replaced or came back with less (`loss-windows.ts`).
 */
import type { Checker } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { rewindsOf } from './rewinds.ts';
import { losableWrites } from './steps-back.ts';
import {
  isBefore,
  seenAs,
  seenValues,
  type Version,
  versionInWords,
  versionsOf,
} from './versions.ts';

export const readYourWrites: Checker = {
  name: 'read your writes',
  check: (record) => {
    const versions = versionsOf(record);
    const losable = losableWrites(lossWindows(record, 'seen'));
    const rewinds = rewindsOf(record);
    return seenValues(record).flatMap(({ read, name, value, completedAtMs }) => {
      const ofKey = versions.get(name);
      if (ofKey === undefined) return [];
      const possible = seenAs(ofKey, value, completedAtMs);
      const isRewound = (write: Version): boolean =>
        rewinds.some(
          ({ node, fromMs, untilMs }) =>
            node === read.node && fromMs <= completedAtMs && untilMs >= write.fromMs,
        );
      // The last is the strictest, unless it may be lost.
      const missed = ofKey.acknowledged.findLast(
        (version) =>
          version.untilMs < read.invokedAtMs &&
          version.write?.node === read.node &&
          !losable(version.write, completedAtMs) &&
          !isRewound(version),
      );
      if (missed === undefined || possible.length === 0) return [];
      if (possible.some((state) => !isBefore(state, missed))) return [];
      return [
        {
          verdict: 'correctness' as const,
          text: `${read.node} may not answer with an older ${name} than it has acknowledged: ${versionInWords(value)} ${when(record, read.invokedAtMs)}, after ${versionInWords(missed.value)} was acknowledged ${when(record, missed.untilMs)}`,
          atMs: completedAtMs,
          nodes: [read.node],
        },
      ];
    });
  },
};
