import { removeLeftovers, removeUnowned, sum } from '../deployment/session/leftovers.ts';
import { messageOf } from '../errors.ts';

/**
 * `redis-chaos clean`: removes what runs that are no longer alive left behind, also containers whose
 * session's folder is gone. Returns the exit code: 1 if something could not be removed.
 */
export async function clean(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(`redis-chaos clean takes no options, got ${args.join(' ')}`);
    return 2;
  }
  const byFolder = await removeLeftovers();
  const byLabel = await removeUnowned().catch((thrown: unknown) => {
    console.error(`containers were not looked for: ${messageOf(thrown)}`);
  });
  const { sessions, processes, containers, networks, failures } =
    byLabel === undefined ? byFolder : sum(byFolder, byLabel);
  console.log(
    `removed ${sessions} sessions of ended runs: ${processes} processes, ${containers} containers, ${networks} networks`,
  );
  for (const failure of failures) console.error(`not removed: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}
