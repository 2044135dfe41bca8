/**
 * Two keys that are always set to the same version in one MULTI/EXEC are always seen in the same version: nothing comes
 * between the commands of a transaction (https://redis.io/docs/latest/develop/interact/transactions/), and a replica applies
 * it whole, or asks for it again whole, as its offset stays before MULTI until EXEC is there (redis 7.0, networking.c,
 * commandProcessed). MGET is one command.
 */
import type { RunRecord } from '../../campaign/record.ts';
import { nameOf, partnerOf } from '../../campaign/workload/keys.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { versionInWords } from './versions.ts';

export const atomicPairs: Checker = {
  name: 'atomic pairs',
  check: (record) => [...read(record), ...left(record)],
};

function read(record: RunRecord): Objection[] {
  return record.operations.flatMap(({ kind, outcome, value, node, db, key, invokedAtMs }) => {
    if (kind !== 'read-pair' || outcome !== 'ok' || !Array.isArray(value)) return [];
    const [one = null, other = null] = value as readonly (string | null)[];
    if (one === other) return [];
    return [
      {
        verdict: 'correctness',
        text: `${node} showed half a transaction ${when(record, invokedAtMs)}: ${nameOf({ db, key })} in ${versionInWords(one)}, its partner in ${versionInWords(other)}`,
        atMs: invokedAtMs,
        nodes: [node],
      },
    ];
  });
}

function left(record: RunRecord): Objection[] {
  const { final } = record;
  const pairs = new Set(record.operations.filter(({ kind }) => kind === 'pair').map(nameOf));
  return (final?.nodes ?? []).flatMap(({ name: node, registers }) =>
    [...pairs].flatMap((name) => {
      const [one, other] = [registers[name] ?? null, registers[partnerOf(name)] ?? null];
      if (one === other) return [];
      return [
        {
          verdict: 'correctness',
          text: `${node} has half a transaction in the end: ${name} in ${versionInWords(one)}, its partner in ${versionInWords(other)}`,
          ...(final !== undefined && { atMs: final.atMs }),
          nodes: [node],
        },
      ];
    }),
  );
}
