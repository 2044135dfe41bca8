import type { Bracket } from '../check/psync-agreement.ts';
import type { ResyncKind, ResyncNumber } from '../observe/resync-number.ts';
import type { Snapshot, SyncCounters } from '../observe/snapshot.ts';

const COUNTER = { full: 'full', partial: 'partialOk' } as const satisfies Record<
  ResyncKind,
  keyof SyncCounters
>;

/**
 * What nodes said of themselves, each time anybody asked. A server counts a resync in the turn in which it decides it, so
 * what it says with the count of before was so before, whenever the reply or the line of the log was read.
 */
export class Memory {
  /** By node and start of its process, in the order in which they were said. */
  readonly #said = new Map<string, Snapshot[]>();

  saw(node: string, boot: number, snapshot: Snapshot): void {
    const key = keyOf(node, boot);
    const said = this.#said.get(key) ?? [];
    this.#said.set(key, said);
    // Of what was said between two resyncs, the first and the last will ever be asked for.
    if ([-1, -2].every((at) => isSameCount(said.at(at), snapshot))) said.pop();
    said.push(snapshot);
  }

  /** The last that it said before a resync of its own, and the first that it said after it. */
  around(node: string, boot: number, kind: ResyncKind, { least, most }: ResyncNumber): Bracket {
    const said = this.#said.get(keyOf(node, boot)) ?? [];
    const counted = ({ counters }: Snapshot): number => counters[COUNTER[kind]];
    return {
      before: said.findLast((snapshot) => counted(snapshot) < least),
      after: said.find((snapshot) => counted(snapshot) >= most),
    };
  }
}

function keyOf(node: string, boot: number): string {
  return `${node} ${boot}`;
}

function isSameCount(one: Snapshot | undefined, { counters }: Snapshot): boolean {
  return one?.counters.full === counters.full && one.counters.partialOk === counters.partialOk;
}
