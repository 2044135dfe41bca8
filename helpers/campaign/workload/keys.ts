import type { PlannedWorkload } from '../plan.ts';

/** A key, and its database: it is in no other. */
export interface Place {
  readonly db: number;
  readonly key: string;
}

type Sizes = Pick<PlannedWorkload, 'databases' | 'keys' | 'writers'>;

/**
 * Where the data of a workload is, by writer (from 1) and number of the key (from 0). Named by the kinds of writes: `other`
 * ones are to keys named by types.
 */
export const places = {
  list: ({ databases }: Sizes, writer: number): Place =>
    place(databases, writer, `append:${writer}`),
  register: ({ databases }: Sizes, writer: number, at: number): Place =>
    place(databases, at, `register:${writer}:${at}`),
  expiring: ({ databases }: Sizes, writer: number, at: number): Place =>
    place(databases, at, `expiring:${writer}:${at}`),
  pair: ({ databases }: Sizes, writer: number, at: number): Place =>
    place(databases, at, `pair:${writer}:${at}:a`),
  counter: ({ databases }: Sizes, at: number): Place => place(databases, at, `count:${at}`),
} as const;

/** The second key of a pair, by the first, or its name by the name of the first. */
export function partnerOf(first: string): string {
  return `${first.slice(0, -1)}b`;
}

/** `db/key`, as the final state of a record names it. */
export function nameOf({ db, key }: Place): string {
  return `${db}/${key}`;
}

/** All places of a kind, for whoever reads what is left. */
export function allPlaces(sizes: Sizes): {
  readonly lists: readonly Place[];
  readonly registers: readonly Place[];
  readonly counters: readonly Place[];
} {
  const writers = numbers(sizes.writers).map((at) => at + 1);
  const keys = numbers(sizes.keys);
  return {
    lists: writers.map((writer) => places.list(sizes, writer)),
    registers: writers.flatMap((writer) =>
      keys.flatMap((at) => {
        const pair = places.pair(sizes, writer, at);
        return [
          places.register(sizes, writer, at),
          places.expiring(sizes, writer, at),
          pair,
          { ...pair, key: partnerOf(pair.key) },
        ];
      }),
    ),
    counters: keys.map((at) => places.counter(sizes, at)),
  };
}

function place(databases: number, number: number, key: string): Place {
  return { db: number % databases, key };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
