/**
 * A master answers with what it acknowledged: a read that it is asked for after an acknowledgement of its own sees that
 * write, or a later one. Redis executes one command after the other, and acknowledges a write when it is done. Nothing of the
 * kind is promised of replicas, or of a master that was replaced or came back with less (`loss-windows.ts`).
 */
import type { RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { countFirst } from './ordered.ts';
import { rewindsOf } from './rewinds.ts';
import { losableWrites } from './steps-back.ts';
import {
  isEmpty,
  type KeyVersions,
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
    const kept = keptOf(record, versions);
    const rewinds = rewindsOf(record);
    const objections: Objection[] = [];
    for (const { read, name, value, completedAtMs } of seenValues(record)) {
      const ofKey = versions.get(name);
      const acknowledged = kept.get(name)?.get(read.node);
      if (ofKey === undefined || acknowledged === undefined) continue;
      const missed = lastBefore(
        acknowledged,
        read.invokedAtMs,
        (ms) => rewinds.get(read.node)?.reach(completedAtMs, ms) === true,
      );
      if (missed === undefined || isEmpty(seenAs(ofKey, value, completedAtMs))) continue;
      if (!isEmpty(seenAs(ofKey, value, completedAtMs, missed.fromMs))) continue;
      objections.push({
        verdict: 'correctness',
        text: `${read.node} may not answer with an older ${name} than it has acknowledged: ${versionInWords(value)} ${when(record, read.invokedAtMs)}, after ${versionInWords(missed.value)} was acknowledged ${when(record, missed.untilMs)}`,
        atMs: completedAtMs,
        nodes: [read.node],
      });
    }
    return objections;
  },
};

/** By key and node, what the node acknowledged and cannot have lost, in the order of its acknowledgements. */
function keptOf(
  record: RunRecord,
  versions: ReadonlyMap<string, KeyVersions>,
): ReadonlyMap<string, ReadonlyMap<string | undefined, readonly Version[]>> {
  const losable = losableWrites(lossWindows(record, 'seen'));
  return new Map(
    [...versions].map(([name, { acknowledged }]) => [
      name,
      Map.groupBy(
        acknowledged.filter(({ write }) => !losable(write, Infinity)),
        ({ write }) => write?.node,
      ),
    ]),
  );
}

/** The last, and strictest, that was acknowledged before an instant and that no rewind reaches back to. */
function lastBefore(
  acknowledged: readonly Version[],
  atMs: number,
  isRewound: (sinceMs: number) => boolean,
): Version | undefined {
  for (let at = countFirst(acknowledged, ({ untilMs }) => untilMs < atMs) - 1; at >= 0; at -= 1) {
    const version = acknowledged[at];
    // So are all before it.
    if (version === undefined || isRewound(version.untilMs)) return undefined;
    if (!isRewound(version.fromMs)) return version;
  }
  return undefined;
}
