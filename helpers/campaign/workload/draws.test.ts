import { describe, expect, test } from 'vitest';
import { seeded } from '../../random.ts';
import type { PlannedWorkload } from '../plan.ts';
import { allPlaces, nameOf } from './keys.ts';
import { readsOfReader, readValue } from './read-draws.ts';
import { versionOf } from './value.ts';
import { writesOfWriter } from './write-draws.ts';

const WORKLOAD: PlannedWorkload = {
  writers: 2,
  readersPerNode: 1,
  writesPerSecond: 100,
  readsPerSecond: 100,
  keys: 5,
  skew: 1,
  valueBytesMax: 300,
  databases: 3,
  ttlMsMax: 1_000,
  mix: { append: 1, register: 1, remove: 1, expiring: 1, count: 1, pair: 1, other: 1 },
};

const writes = (seed: number, count: number, workload = WORKLOAD) => {
  const next = writesOfWriter(seeded(seed), workload, 1);
  return Array.from({ length: count }, next);
};

describe('writes of a writer', () => {
  test('depend on the seed alone', () => {
    expect(writes(1, 200)).toEqual(writes(1, 300).slice(0, 200));
    expect(writes(1, 200)).not.toEqual(writes(2, 200));
  });

  test('are of all kinds with a weight, and of no other', () => {
    const kinds = (mix: PlannedWorkload['mix']) =>
      [...new Set(writes(1, 300, { ...WORKLOAD, mix }).map(({ kind }) => kind))].sort();
    expect(kinds(WORKLOAD.mix)).toEqual(Object.keys(WORKLOAD.mix).sort());
    expect(kinds({ ...WORKLOAD.mix, count: 0, other: 0 })).toEqual(
      ['append', 'expiring', 'pair', 'register', 'remove'].sort(),
    );
  });

  test('give every key its next version, in its value, and every append an id of its own', () => {
    const last = new Map<string, number>();
    const ids: string[] = [];
    for (const { kind, key, value, commands } of writes(3, 500)) {
      if (kind === 'append') ids.push(value as string);
      if (!['register', 'remove', 'expiring', 'pair'].includes(kind)) continue;
      expect(Number(value)).toBe((last.get(key) ?? 0) + 1);
      last.set(key, Number(value));
      for (const [name, , written] of commands) {
        if (name === 'SET') expect(versionOf(String(written))).toBe(value);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are to places that the final state is read from, each in one database', () => {
    const { lists, registers, counters } = allPlaces(WORKLOAD);
    const known = [...lists, ...registers, ...counters].map(nameOf);
    expect(new Set(known).size).toBe(known.length);
    const written = writes(4, 500).filter(({ kind }) => kind !== 'other');
    expect(known).toEqual(expect.arrayContaining([...new Set(written.map(nameOf))]));
    const others = writes(4, 2_000).filter(({ kind }) => kind === 'other');
    const keys = others.flatMap(({ commands }) => commands.map(([, key]) => String(key)));
    const own = new Set([...lists, ...registers, ...counters].map(({ key }) => key));
    expect(keys.filter((key) => own.has(key))).toEqual([]);
  });

  test('have values of at most so many bytes beside the version, seldom of many', () => {
    const sizes = writes(5, 5_000, { ...WORKLOAD, valueBytesMax: 100_000 }).flatMap(
      ({ kind, commands }) =>
        kind === 'register' ? [Buffer.byteLength(commands[0]?.[2] as Buffer)] : [],
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100_010);
    const large = sizes.filter((bytes) => bytes > 4_100).length;
    expect(large).toBeGreaterThan(0);
    expect(large).toBeLessThan(sizes.length / 50);
  });
});

describe('reads of a reader', () => {
  test('depend on the seed alone, and are of all kinds', () => {
    const reads = (count: number) =>
      Array.from({ length: count }, readsOfReader(seeded(1), WORKLOAD));
    expect(reads(100)).toEqual(reads(150).slice(0, 100));
    expect(new Set(reads(100).map(({ kind }) => kind))).toEqual(
      new Set(['read', 'read-pair', 'read-list']),
    );
  });

  test('tell versions, those of a pair, and the length and end of a list', () => {
    const bytes = (text: string) => Buffer.from(text);
    expect(readValue('read', bytes('17:xyz'))).toBe('17');
    expect(readValue('read', null)).toBeNull();
    expect(readValue('read-pair', [bytes('3:x'), null])).toEqual(['3', null]);
    expect(readValue('read-list', [2, bytes('1-2')])).toEqual(['2', '1-2']);
    expect(readValue('read-list', [0, null])).toEqual(['0', null]);
  });
});
