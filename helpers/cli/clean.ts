import { removeLeftovers } from '../deployment/session/leftovers.ts';

/** `redis-chaos clean`: removes what runs that are no longer alive left behind. Returns the exit code. */
export async function clean(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(`redis-chaos clean takes no options, got ${args.join(' ')}`);
    return 2;
  }
  const { sessions, processes, containers, networks } = await removeLeftovers();
  console.log(
    `removed ${sessions} sessions of ended runs: ${processes} processes, ${containers} containers, ${networks} networks`,
  );
  return 0;
}
