import { seeded } from '../../random.ts';

/** Which part of a night this is: every so many campaigns of it, from the first, second, ... on. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

const SEED_MAX = 2 ** 32 - 1;

/** Seeds of the campaigns of a shard, without end: those of all shards together are the seeds of the night undivided. */
export function* campaignSeeds(baseSeed: number, { number, of }: Shard): Generator<number, never> {
  const random = seeded(baseSeed).fork('campaigns');
  for (let index = 0; ; index += 1) {
    const seed = random.integer(1, SEED_MAX);
    if (index % of === number - 1) yield seed;
  }
}
