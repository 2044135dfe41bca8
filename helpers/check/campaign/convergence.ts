/**
 * When all is healed and nobody writes, every replica comes to have its master's replication ID, offset and data, within the
 * time that the plan gives it. Time is a matter of liveness. That the data is the same where ID and offset are is one of
 * correctness: the pair of both names one state of the data (https://redis.io/docs/latest/operate/oss_and_stack/management/
 * replication/, "Replication ID explained").
 */
import type { FinalNode, RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { finalMaster } from './topology.ts';
import { goneByMs, type KeyVersions, versionInWords, versionsOf } from './versions.ts';

/** The data of one node is read after the other's. */
const FINAL_READ_MS = 5_000;
const SHOWN = 3;
/** How differences begin that are of the data, and not of IDs, offsets or links. */
const OF_DATA = /^\S+ differs from \S+: /;

export const convergence: Checker = {
  name: 'convergence',
  check: (record) => {
    const { final, head } = record;
    // Nodes that are not up are another checker's business.
    if (final === undefined || final.nodes.some(({ up }) => !up)) return [];
    const data = differences(record, final.nodes);
    const told = final.differences.slice(0, SHOWN).join('; ');
    const found = (verdict: Objection['verdict'], text: string): Objection => ({
      verdict,
      text,
      atMs: final.atMs,
    });
    if (final.convergedAfterMs === undefined) {
      const isOfData =
        isOneState(final.nodes) &&
        final.differences.length > 0 &&
        final.differences.every((difference) => OF_DATA.test(difference));
      return [
        ...data,
        isOfData
          ? found(
              'correctness',
              `all nodes have one replication ID and offset, and not one data: ${told}`,
            )
          : found(
              'liveness',
              `everything must converge within ${head.plan.convergeWithinMs} ms of the last heal, and has not: ${told}`,
            ),
      ];
    }
    if (final.convergedAfterMs <= head.plan.convergeWithinMs) return data;
    return [
      ...data,
      found(
        'liveness',
        `everything must converge within ${head.plan.convergeWithinMs} ms of the last heal, and took ${final.convergedAfterMs} ms`,
      ),
    ];
  },
};

function isOneState(nodes: readonly FinalNode[]): boolean {
  const [first, ...others] = nodes;
  return others.every((node) => isSameState(node, first as FinalNode));
}

function isSameState(one: FinalNode, other: FinalNode): boolean {
  return one.replid !== undefined && one.replid === other.replid && one.offset === other.offset;
}

/** Of nodes in one state, from their master. */
function differences(record: RunRecord, nodes: readonly FinalNode[]): Objection[] {
  const { final } = record;
  const master = final && finalMaster(final);
  if (final === undefined || master === undefined) return [];
  const versions = versionsOf(record);
  return nodes
    .filter((node) => node !== master && isSameState(node, master))
    .flatMap((node) =>
      [
        ...differencesOf('list', master.lists, node.lists),
        ...differencesOf('counter', master.counters, node.counters),
        ...differencesOf('version', master.registers, node.registers).filter(
          ({ name, one, other }) => !mayExpire(versions.get(name), [one, other], final.atMs),
        ),
      ].map(({ what, name, one, other }) => ({
        verdict: 'correctness' as const,
        text: `${node.name} has the replication ID and offset of ${master.name}, and another ${what} ${name}: ${other}, where that has ${one}`,
        atMs: final.atMs,
        nodes: [master.name, node.name],
      })),
    );
}

interface Difference {
  readonly what: string;
  readonly name: string;
  readonly one: string;
  readonly other: string;
}

function differencesOf(
  what: 'list' | 'counter' | 'version',
  ones: Readonly<Record<string, unknown>>,
  others: Readonly<Record<string, unknown>>,
): Difference[] {
  return [...new Set([...Object.keys(ones), ...Object.keys(others)])].flatMap((name) => {
    const [one, other] = [inWords(ones[name]), inWords(others[name])];
    return one === other ? [] : [{ what, name, one, other }];
  });
}

/** Whether one of both was read before a key's time was over, the other after. */
function mayExpire(
  ofKey: KeyVersions | undefined,
  values: readonly [string, string],
  atMs: number,
): boolean {
  const [value, ...more] = values.filter((one) => one !== MISSING);
  const version = value === undefined || more.length > 0 ? undefined : ofKey?.byValue.get(value);
  if (version?.write?.ttlMs === undefined) return false;
  const earliestMs = version.fromMs + version.write.ttlMs;
  return earliestMs <= atMs + FINAL_READ_MS && goneByMs(version) >= atMs - FINAL_READ_MS;
}

const MISSING = versionInWords(null);

function inWords(value: unknown): string {
  return value === undefined
    ? MISSING
    : Array.isArray(value)
      ? `${value.length} elements ending with ${value.at(-1)}`
      : String(value);
}
