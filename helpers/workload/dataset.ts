import { ChaosError } from '../errors.ts';
import type { Call } from '../observe/call.ts';
import { keepingSelected, select } from '../observe/databases.ts';
import { type Random, seeded } from '../random.ts';
import { FAR_FUTURE_MS, KINDS } from './dataset-kinds.ts';

const COMMANDS_IN_FLIGHT = 256;
const YEAR_MS = 31_536_000_000;

export interface FillOptions {
  readonly seed: number;
  /** How many keys in all. The first of each database are one of every kind, as far as they reach. */
  readonly keys: number;
  /** Over these databases the keys are spread evenly. Default 0, 9 and 11. */
  readonly databases?: readonly number[];
}

export interface Filled {
  readonly seed: number;
  readonly keys: number;
  readonly commands: number;
  readonly keysWithExpiry: number;
  /** Number of keys by kind; the kinds are those of dataset-kinds.ts. */
  readonly keysByKind: Readonly<Record<string, number>>;
  readonly keysByDatabase: ReadonlyMap<number, number>;
}

/**
 * Writes a dataset of every type and encoding with commands that Redis 6.0 has; one key in five
 * expires in the year 2100 or later. It depends on the seed alone: two servers filled from one seed
 * hold equal data. The databases must not hold keys of an earlier run; an error reply is thrown.
 */
export async function fillDataset(call: Call, options: FillOptions): Promise<Filled> {
  const databases = options.databases ?? [0, 9, 11];
  if (databases.length === 0) throw new ChaosError('misuse', 'fillDataset needs a database');
  const keysByKind: Record<string, number> = {};
  const keysByDatabase = new Map<number, number>();
  const tally = { commands: 0, keysWithExpiry: 0 };
  await keepingSelected(call, async () => {
    for (const [at, db] of databases.entries()) {
      const keys = Math.floor((options.keys + at) / databases.length);
      const random = seeded(options.seed).fork(`dataset/${db}`);
      await select(call, db);
      await fillDatabase(call, random, keys, keysByKind, tally);
      keysByDatabase.set(db, keys);
    }
  });
  return { seed: options.seed, keys: options.keys, ...tally, keysByKind, keysByDatabase };
}

async function fillDatabase(
  call: Call,
  random: Random,
  keys: number,
  keysByKind: Record<string, number>,
  tally: { commands: number; keysWithExpiry: number },
): Promise<void> {
  const kinds = Object.keys(KINDS);
  const weighted = kinds.flatMap((kind) => Array<string>(KINDS[kind]?.weight ?? 0).fill(kind));
  let inFlight: Promise<unknown>[] = [];
  for (let at = 0; at < keys; at += 1) {
    const kind = kinds[at] ?? rareOr(random, kinds, weighted);
    const key = keyName(random, kind, at);
    const commands = KINDS[kind]?.write(random, key) ?? [];
    keysByKind[kind] = (keysByKind[kind] ?? 0) + 1;
    inFlight.push(...commands.map(([name, ...args]) => call(name, ...args)));
    tally.commands += commands.length;
    if (random.chance(0.2)) {
      const expiresAtMs = FAR_FUTURE_MS + random.integer(0, YEAR_MS);
      inFlight.push(call('PEXPIREAT', key, expiresAtMs));
      tally.commands += 1;
      tally.keysWithExpiry += 1;
    }
    if (inFlight.length >= COMMANDS_IN_FLIGHT) {
      await Promise.all(inFlight);
      inFlight = [];
    }
  }
  await Promise.all(inFlight);
}

/** Kinds of weight 0 are large: one key in 500 is of any kind, so that they keep occurring. */
function rareOr(random: Random, kinds: readonly string[], weighted: readonly string[]): string {
  return random.pick(random.chance(1 / 500) ? kinds : weighted);
}

/** One key in eight has bytes in its name that are neither text nor safe in a line protocol. */
function keyName(random: Random, kind: string, at: number): Buffer {
  const name = Buffer.from(`${kind}:${at}`);
  if (!random.chance(1 / 8)) return name;
  return Buffer.concat([random.bytes(4), Buffer.from('\0\r\n'), name]);
}
