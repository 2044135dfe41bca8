/**
 * What is gone stays gone. A key that was deleted, or whose time to live is over, does not come back in an older version: not
 * to a connection that saw it gone, and not in the end.
 *
 * When time is over, a master answers as if the key were not there, and so does a replica, which waits for the master's DEL
 * but looks at its clock (redis 7.0, db.c, expireIfNeeded). Before 7.0 a replica is told a time to live and not an instant, so
 * its clock begins when the write arrives: there, masters alone are held to the time.
 */
import type { RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { losableWrites, stepsBack } from './steps-back.ts';
import { finalMaster } from './topology.ts';
import { goneByMs, isBefore, seenValues, versionsOf } from './versions.ts';

/** How long the final state may take to be read. */
const FINAL_READ_MS = 5_000;
const TELLS_INSTANTS = /^(?:reference|valkey|redis (?:[7-9]|\d\d))/;

export const noResurrection: Checker = {
  name: 'no resurrection',
  check: (record) => [...comeBack(record), ...expired(record), ...left(record)],
};

function comeBack(record: RunRecord): Objection[] {
  return stepsBack(record)
    .filter(({ earlier }) => earlier.value === null)
    .map(({ name, earlier, later }) => ({
      verdict: 'correctness',
      text: `${name} was gone on ${later.read.node} ${when(record, earlier.read.invokedAtMs)}, and may not come back in the older version ${later.value} ${when(record, later.read.invokedAtMs)}`,
      atMs: later.completedAtMs,
      nodes: [later.read.node],
    }));
}

function expired(record: RunRecord): Objection[] {
  const versions = versionsOf(record);
  const allTellInstants = Object.values(record.head.servers).every((server) =>
    TELLS_INSTANTS.test(server),
  );
  const objections: Objection[] = [];
  for (const { read, name, value, completedAtMs } of seenValues(record)) {
    const version = value === null ? undefined : versions.get(name)?.byValue.get(value);
    if (version === undefined || read.invokedAtMs <= goneByMs(version)) continue;
    if (!allTellInstants && version.write?.node !== read.node) continue;
    objections.push({
      verdict: 'correctness',
      text: `${read.node} may not serve ${name} when its time is over: version ${value} ${when(record, read.invokedAtMs)}, which ended ${when(record, goneByMs(version))}`,
      atMs: completedAtMs,
      nodes: [read.node],
    });
  }
  return objections;
}

/** What the master holds in the end, after the last write that it cannot have lost. */
function left(record: RunRecord): Objection[] {
  const { final } = record;
  const master = final && finalMaster(final);
  if (final === undefined || master === undefined) return [];
  const versions = versionsOf(record);
  const losable = losableWrites(lossWindows(record, 'in the end'));
  return Object.entries(master.registers).flatMap(([name, value]) => {
    const ofKey = versions.get(name);
    const version = ofKey?.byValue.get(value);
    if (ofKey === undefined || version === undefined) return [];
    const nodes = [master.name];
    if (final.atMs > goneByMs(version) + FINAL_READ_MS) {
      return [
        {
          verdict: 'correctness',
          text: `${name} may not be there in the end: its time was over ${when(record, goneByMs(version))}`,
          atMs: final.atMs,
          nodes,
        },
      ];
    }
    const removal = ofKey.acknowledged.find(
      (one) => one.value === null && isBefore(version, one) && !losable(one.write, final.atMs),
    );
    return removal === undefined
      ? []
      : [
          {
            verdict: 'correctness',
            text: `${name} may not be there in the end in version ${value}: a later DEL was acknowledged ${when(record, removal.untilMs)}`,
            atMs: final.atMs,
            nodes,
          },
        ];
  });
}
