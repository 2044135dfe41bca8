/**
 * What was acknowledged is there in the end, or was lost where settings and events allow it (`loss-windows.ts`). And a loss
 * is the end of a history, never its middle: of what one master acknowledged in one reign, nothing is lost before something
 * that is kept. A key's later versions hide its earlier ones, so of a key its last acknowledged write is held against what
 * is left; a loss that goes back further shows in lists.
 */
import type { Operation, RunRecord } from '../../campaign/record.ts';
import { judgeLedger, type LedgerJudgement } from '../ledger.ts';
import { appendsOf } from './appends.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { losableWrites } from './steps-back.ts';
import { finalMaster } from './topology.ts';
import { isEmpty, seenAs, versionInWords, versionsOf } from './versions.ts';

export const acknowledgedWrites: Checker = {
  name: 'acknowledged writes',
  check: (record) => {
    const nodes = masterOf(record);
    return [
      ...[...ledgersOf(record)].flatMap(([name, { breaches }]) =>
        breaches.map((breach) => ({
          verdict: 'correctness' as const,
          text: `${name}: ${breach}`,
          nodes,
        })),
      ),
      ...registers(record),
    ];
  },
};

/**
 * The ledger of each list, by its name: what is lost of it, when, of whom and why. Empty if the run did not come to its end,
 * or if no one node is master in the end.
 */
export function ledgersOf(record: RunRecord): ReadonlyMap<string, LedgerJudgement> {
  const { final } = record;
  const master = final && finalMaster(final);
  if (master === undefined) return new Map();
  const windows = lossWindows(record, 'in the end');
  return new Map(
    [...appendsOf(record)].map(([name, writes]) => [
      name,
      judgeLedger(writes, master.lists[name] ?? [], windows),
    ]),
  );
}

function registers(record: RunRecord): Objection[] {
  const { final } = record;
  const master = final && finalMaster(final);
  if (final === undefined || master === undefined) return [];
  const losable = losableWrites(lossWindows(record, 'in the end'));
  return [...versionsOf(record)].flatMap(([name, ofKey]) => {
    const value = master.registers[name] ?? null;
    const kept = ofKey.acknowledged.findLast(({ write }) => !losable(write, final.atMs));
    // That a DEL is not there is a resurrection, and that checker's business.
    if (kept === undefined || kept.value === null || isEmpty(seenAs(ofKey, value, final.atMs))) {
      return [];
    }
    if (!isEmpty(seenAs(ofKey, value, final.atMs, kept.fromMs))) return [];
    return [
      {
        verdict: 'correctness' as const,
        text: `${name} has lost ${versionInWords(kept.value)}, which ${nodeOf(kept.write)} acknowledged ${when(record, kept.untilMs)}: in the end there is ${versionInWords(value)}, and no loss was allowed then`,
        atMs: kept.untilMs,
        nodes: masterOf(record),
      },
    ];
  });
}

function masterOf({ final }: RunRecord): readonly string[] {
  const master = final && finalMaster(final);
  return master === undefined ? [] : [master.name];
}

function nodeOf(write: Operation | undefined): string {
  return write?.node ?? 'nobody';
}
