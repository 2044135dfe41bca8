import type { Random } from '../../random.ts';
import type { Command } from '../../workload/command.ts';
import type { PlannedWorkload } from '../plan.ts';
import type { Operation, ReadKind } from '../record.ts';
import { partnerOf, places } from './keys.ts';
import { versionOf } from './value.ts';
import { zipf } from './zipf.ts';

/** A read to be asked for. */
export interface DrawnRead {
  readonly kind: ReadKind;
  readonly db: number;
  readonly key: string;
  readonly commands: readonly Command[];
}

const PAIR = 0.2;
const LIST = 0.2;
const EXPIRING = 0.3;
/** The version stands at the beginning, and values can be long. */
const VERSION_CHARS_MAX = 24;

/** The reads of one reader, in their order: they depend on the plan alone. */
export function readsOfReader(random: Random, workload: PlannedWorkload): () => DrawnRead {
  const keyAt = zipf(random.fork('keys'), workload.keys, workload.skew);
  const kinds = random.fork('kinds');
  return () => {
    const writer = kinds.integer(1, workload.writers);
    if (kinds.chance(LIST)) {
      const place = places.list(workload, writer);
      // In one go: between the two, the list could grow.
      const commands = [
        ['MULTI'],
        ['LLEN', place.key],
        ['LINDEX', place.key, -1],
        ['EXEC'],
      ] as const;
      return { kind: 'read-list', ...place, commands };
    }
    if (kinds.chance(PAIR)) {
      const place = places.pair(workload, writer, keyAt());
      const commands = [['MGET', place.key, partnerOf(place.key)]] as const;
      return { kind: 'read-pair', ...place, commands };
    }
    const kind = kinds.chance(EXPIRING) ? 'expiring' : 'register';
    const place = places[kind](workload, writer, keyAt());
    return { kind: 'read', ...place, commands: [['GET', place.key]] };
  };
}

/** What a read saw, from the reply of its last command. */
export function readValue(kind: ReadKind, reply: unknown): NonNullable<Operation['value']> | null {
  if (kind === 'read') return told(reply);
  const [one, other] = reply as readonly unknown[];
  if (kind === 'read-pair') return [told(one), told(other)];
  return [String(one), other === null ? null : String(other)];
}

function told(value: unknown): string | null {
  if (value === null) return null;
  return versionOf((value as Buffer).toString('latin1', 0, VERSION_CHARS_MAX));
}
