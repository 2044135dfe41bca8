import type { Random } from '../../random.ts';
import type { Command } from '../../workload/command.ts';
import { DEFAULT_MIX, writesOf } from '../../workload/write-kinds.ts';
import type { PlannedWorkload, WriteKind } from '../plan.ts';
import { partnerOf, places } from './keys.ts';
import { valuesOf } from './value.ts';
import { drawByWeight, zipf } from './zipf.ts';

/** A write to be asked for: all of it but what becomes of it. */
export interface DrawnWrite {
  readonly kind: WriteKind;
  readonly db: number;
  readonly key: string;
  /** Version or id. Absent where the write has none. */
  readonly value?: string;
  readonly ttlMs?: number;
  /** A transaction has MULTI and EXEC among them. */
  readonly commands: readonly Command[];
}

const OTHER_KEYS = 20;
const TTL_MS_MIN = 50;

/** The writes of one writer, numbered from 1, in their order: they depend on the plan alone, whatever becomes of them. */
export function writesOfWriter(
  random: Random,
  workload: PlannedWorkload,
  writer: number,
): () => DrawnWrite {
  const { mix, keys, skew, databases, valueBytesMax, ttlMsMax } = workload;
  const kinds = drawByWeight(random.fork('kinds'), mix);
  const keyAt = zipf(random.fork('keys'), keys, skew);
  const writtenValue = valuesOf(random.fork('values'), valueBytesMax);
  const ttls = random.fork('ttls');
  const other = writesOf(random.fork('other'), DEFAULT_MIX, {
    databases: Array.from({ length: databases }, (_, db) => db),
    keys: OTHER_KEYS,
  });
  const versions = new Map<string, number>();
  const nextVersion = (key: string): number => {
    const version = (versions.get(key) ?? 0) + 1;
    versions.set(key, version);
    return version;
  };
  let appended = 0;

  const draw: Readonly<Record<WriteKind, () => Omit<DrawnWrite, 'kind'>>> = {
    append: () => {
      const place = places.list(workload, writer);
      appended += 1;
      const value = `${writer}-${appended}`;
      return { ...place, value, commands: [['RPUSH', place.key, value]] };
    },
    register: () => {
      const place = places.register(workload, writer, keyAt());
      const version = nextVersion(place.key);
      return {
        ...place,
        value: String(version),
        commands: [['SET', place.key, writtenValue(version)]],
      };
    },
    remove: () => {
      const place = places.register(workload, writer, keyAt());
      const version = nextVersion(place.key);
      return { ...place, value: String(version), commands: [['DEL', place.key]] };
    },
    expiring: () => {
      const place = places.expiring(workload, writer, keyAt());
      const version = nextVersion(place.key);
      const ttlMs = ttls.integer(Math.min(TTL_MS_MIN, ttlMsMax), ttlMsMax);
      return {
        ...place,
        value: String(version),
        ttlMs,
        commands: [['SET', place.key, writtenValue(version), 'PX', ttlMs]],
      };
    },
    count: () => {
      const place = places.counter(workload, keyAt());
      return { ...place, commands: [['INCR', place.key]] };
    },
    pair: () => {
      const place = places.pair(workload, writer, keyAt());
      const version = nextVersion(place.key);
      const sets = [place.key, partnerOf(place.key)].map(
        (key) => ['SET', key, writtenValue(version)] as const,
      );
      return {
        ...place,
        value: String(version),
        commands: [['MULTI'], ...sets, ['EXEC']],
      };
    },
    other: () => {
      const { db, commands } = other();
      const [, key] = commands.find(([name]) => name !== 'MULTI') ?? [];
      return { db, key: String(key), commands };
    },
  };
  return () => {
    const kind = kinds();
    return { kind, ...draw[kind]() };
  };
}
